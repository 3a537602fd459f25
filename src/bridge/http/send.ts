import type { ServerResponse } from 'node:http'
import { problemType, toProblem } from './problem.ts'
import { answerHeaders } from './refuse.ts'

/**
 * Sends JSON by Node itself. A `Response` is made for streams: taking its body apart again costs more than all the rest of
 * a search.
 */
export function sendJson(outgoing: ServerResponse, status: number, body: string): void {
  send(outgoing, status, { 'content-type': 'application/json' }, body)
}

/** Says what went wrong, RFC 9457. */
export function sendProblem(outgoing: ServerResponse, error: unknown, log: (line: string) => void): void {
  const { problem, headers } = toProblem(error, log)
  const body = JSON.stringify(problem)
  send(outgoing, problem.status, { ...headers, 'content-type': problemType }, body)
}

function send(outgoing: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  // Whoever asked may have gone.
  if (outgoing.destroyed) return
  outgoing.writeHead(status, { ...answerHeaders, ...headers, 'content-length': Buffer.byteLength(body) })
  outgoing.end(body)
}
