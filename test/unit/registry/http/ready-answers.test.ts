import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Hono } from 'hono'
import { afterEach, expect, it } from 'vitest'
import type { Answered } from '../../../../src/registry/http/access-log.ts'
import { createListener, keep } from '../../../../src/registry/http/ready-answers.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function start() {
  const asked: string[] = []
  const logged: Answered[] = []
  const state = { standing: 'first' as string | null, during: () => {} }
  const app = new Hono()
  app.get('/:holds/:size', async (context) => {
    asked.push(`${context.req.method} ${context.req.path}`)
    state.during()
    const { holds, size } = context.req.param()
    const encoding = (context.req.header('accept-encoding') ?? '').includes('gzip') ? 'gzip' : 'plain'
    const body = Uint8Array.from({ length: Number(size) }, (_, at) => at % 256)
    const headers = { etag: `"${encoding}"`, 'content-type': 'text/x-test', 'x-of': encoding }
    if (context.req.header('if-none-match') === headers.etag)
      return keep(context.body(null, 304, headers), { body: null, holds: holds as 'always', route: '/r' })
    return keep(context.body(body, 200, headers), { body, holds: holds as 'always', route: '/r' })
  })
  const listener = createListener(app, {
    standing: () => state.standing,
    accessLog: (answered) => logged.push(answered),
  })
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(url + path, { headers: { 'accept-encoding': 'identity', ...headers }, method })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    return { status: answer.status, of: answer.headers.get('x-of'), headers: answer.headers, bytes }
  }
  return { get, asked, logged, state, url }
}

it.each([0, 10, 40_000])('gives %i bytes again as they were, whatever stands', async (size) => {
  const { get, asked, logged, state } = await start()
  const first = await get(`/always/${size}?q=secret`)
  state.standing = null
  const second = await get(`/always/${size}?q=secret`)
  expect(asked).toHaveLength(1)
  expect(second.bytes).toEqual(first.bytes)
  expect(second.bytes).toHaveLength(size)
  expect(second.headers.get('content-type')).toBe('text/x-test')
  expect(second.headers.get('content-length')).toBe(String(size))
  expect(second.headers.get('x-request-id')).toBe(logged[0]?.id)
  // Logged without the query.
  expect(logged).toMatchObject([{ path: `/always/${size}`, route: '/r', status: 200, key: null }])
})

it('gives again only while everything stands as it did', async () => {
  const { get, asked, state } = await start()
  await get('/standing/1')
  await get('/standing/1')
  expect(asked).toHaveLength(1)
  state.standing = 'second'
  await get('/standing/1')
  expect(asked).toHaveLength(2)
  state.standing = null
  await get('/standing/1')
  await get('/standing/1')
  expect(asked).toHaveLength(4)
})

it('keeps nothing that changed while it was found out', async () => {
  const { get, asked, state } = await start()
  state.during = () => (state.standing = 'second')
  await get('/standing/1')
  await get('/standing/1')
  expect(asked).toHaveLength(2)
})

it('asks the app for whoever has a key, wants a part, the headers alone, or another encoding', async () => {
  const { get, asked } = await start()
  await get('/always/5')
  await get('/always/5', { 'x-api-key': 'rec_x' })
  await get('/always/5', { range: 'bytes=0-1' })
  await get('/always/5', {}, 'HEAD')
  expect(asked).toHaveLength(4)
  expect((await get('/always/5', { 'accept-encoding': 'gzip' })).of).toBe('gzip')
  expect((await get('/always/5', { 'accept-encoding': 'gzip;q=0' })).of).toBe('plain')
  expect((await get('/always/5', { 'accept-encoding': 'br, gzip' })).of).toBe('gzip')
  expect(asked).toHaveLength(5)
})

it('tells again that nothing changed, and gives what it has not in memory through the app', async () => {
  const { get, asked } = await start()
  const same = { 'if-none-match': 'W/"other", W/"plain"' }
  const first = await get('/always/9', { 'if-none-match': '"plain"' })
  const second = await get('/always/9', same)
  expect([first.status, second.status]).toEqual([304, 304])
  expect(second.headers.get('etag')).toBe('"plain"')
  expect(second.headers.get('content-type')).toBeNull()
  expect(asked).toHaveLength(1)
  expect((await get('/always/9')).bytes).toHaveLength(9)
  expect((await get('/always/9', { 'if-none-match': '"else"' })).status).toBe(200)
  expect((await get('/always/9', same)).status).toBe(304)
  expect(asked).toHaveLength(2)
})

it('answers requests that came on one connection at once in their order, from memory or not', async () => {
  const { get, url, asked } = await start()
  await get('/always/3?first')
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: identity\r\n`
  socket.write(
    `${ask('/always/3?first')}\r\n${ask('/never/5?second')}\r\n${ask('/always/3?first')}connection: close\r\n\r\n`,
  )
  const answered = await text(socket)
  expect([...answered.matchAll(/content-length: (\d+)/gi)].map(([, length]) => length)).toEqual([
    '3',
    '5',
    '3',
  ])
  // The first once, before; the second now.
  expect(asked).toHaveLength(2)
})
