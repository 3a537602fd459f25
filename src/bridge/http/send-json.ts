import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { BridgeContext } from './app.ts'
import { answerHeaders } from './refuse.ts'

/**
 * Sends JSON by Node itself. A `Response` is made for streams: taking its body apart again costs more than all the rest of
 * a search.
 */
export function sendJson({ env }: BridgeContext, status: number, body: string): Response {
  // Whoever asked may have gone.
  if (!env.outgoing.destroyed) {
    env.outgoing.writeHead(status, {
      ...answerHeaders,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    env.outgoing.end(body)
  }
  return RESPONSE_ALREADY_SENT
}
