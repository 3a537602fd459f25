import type { ServerResponse } from 'node:http'
import { problemType, toProblem } from './problem.ts'
import type { Refusal } from './refusal.ts'

/** On every answer: nobody keeps it, shows it in a frame, or takes it for something else. */
export const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

/** Answers a request of which nothing but its head is read: the connection ends with it. */
export function refuse(response: ServerResponse, refusal: Refusal, log: (line: string) => void): void {
  const { problem, headers } = toProblem(refusal, log)
  const body = JSON.stringify(problem)
  response.writeHead(refusal.status, {
    ...headers,
    ...answerHeaders,
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(body)
}

/** The same for what never became a request. */
export function rawAnswer(refusal: Refusal, log: (line: string) => void): string {
  const body = JSON.stringify(toProblem(refusal, log).problem)
  return [
    `HTTP/1.1 ${refusal.status} Refused`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
