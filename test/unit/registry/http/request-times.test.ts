import { expect, it } from 'vitest'
import { createRequestTimes } from '../../../../src/registry/http/request-times.ts'

it('counts each request in the bucket of its time and in all above, and writes labels as Prometheus reads them', () => {
  const { observe, text } = createRequestTimes()
  const about = { method: 'GET', route: '/a/:b{.+\\.tgz}', status: 200 }
  // The bound of a bucket belongs to it.
  for (const seconds of [0.001, 0.002, 0.03, 7]) observe({ ...about, seconds })
  observe({ ...about, method: 'X"\n', status: 404, seconds: 0.3 })
  expect(text().split('\n')).toEqual([
    '# HELP skillet_http_request_seconds Requests by method, route and status',
    '# TYPE skillet_http_request_seconds histogram',
    ...[
      ['0.002', 2],
      ['0.01', 2],
      ['0.05', 3],
      ['0.2', 3],
      ['1', 3],
      ['5', 3],
      ['+Inf', 4],
    ].map(
      ([le, count]) =>
        `skillet_http_request_seconds_bucket{le="${le}",method="GET",route="/a/:b{.+\\\\.tgz}",status="200"} ${count}`,
    ),
    'skillet_http_request_seconds_sum{method="GET",route="/a/:b{.+\\\\.tgz}",status="200"} 7.033',
    'skillet_http_request_seconds_count{method="GET",route="/a/:b{.+\\\\.tgz}",status="200"} 4',
    ...[0, 0, 0, 0, 1, 1, 1].map(
      (count, at) =>
        `skillet_http_request_seconds_bucket{le="${['0.002', '0.01', '0.05', '0.2', '1', '5', '+Inf'][at]}",method="X\\"\\n",route="/a/:b{.+\\\\.tgz}",status="404"} ${count}`,
    ),
    'skillet_http_request_seconds_sum{method="X\\"\\n",route="/a/:b{.+\\\\.tgz}",status="404"} 0.3',
    'skillet_http_request_seconds_count{method="X\\"\\n",route="/a/:b{.+\\\\.tgz}",status="404"} 1',
    '',
  ])
})
