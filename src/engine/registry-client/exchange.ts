import * as http from 'node:http'
import type { AgentOptions, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import * as https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { createGunzip } from 'node:zlib'
import { directRoute, proxyFor, trustedAuthorities, type Route } from './route.ts'
import { createTunnelAgent } from './tunnel.ts'

/** What a server answered. Whoever doesn't read the body to its end must destroy it, or the connection stays taken. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Unpacked, where it was sent compressed. */
  readonly body: Readable
}

export interface Question {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array | undefined
  /** Until the answer begins. */
  readonly signal: AbortSignal
}

/** Idle connections that are kept, and for how long; a registry keeps them for a minute. */
const connections: AgentOptions = { keepAlive: true, maxFreeSockets: 4, timeout: 55_000 }

/**
 * Asks one server over HTTP, on connections that are kept for the next question; an idle one keeps no process from ending.
 * Follows no redirect. The global `fetch` does this too, and takes twice as long over a small answer.
 */
export function createExchange(
  server: string,
  route: Route = directRoute,
): (path: string, question: Question) => Promise<Answer> {
  const { request } = server.startsWith('https:') ? https : http
  const agent = createAgent(server, route, connections)
  // Its connections serve one question.
  const freshAgent = () => createAgent(server, route, {})
  const send = (path: string, { body, ...question }: Question, fresh: boolean) =>
    new Promise<IncomingMessage>((answered, failed) => {
      const options: RequestOptions = { ...question, agent: fresh ? freshAgent() : agent }
      const sent = request(new URL(server + path), options)
      sent.on('response', answered)
      sent.on('error', (error) => failed(sent.reusedSocket && isGone(error) ? new Stale(error) : error))
      sent.end(body)
    })

  return async (path, { headers, ...question }) => {
    const asked = {
      ...question,
      headers: {
        accept: '*/*',
        'user-agent': 'skillet',
        // Half a file can't be unpacked.
        'accept-encoding': headers['range'] === undefined ? 'gzip' : 'identity',
        ...headers,
      },
    }
    const response = await send(path, asked, false).catch((error: unknown) => {
      // A server may close an idle connection just when it is used again. Asking twice changes nothing there.
      if (error instanceof Stale && question.method === 'GET') return send(path, asked, true)
      throw error
    })
    const { statusCode = 0, headers: answered } = response
    const zipped = /^(x-)?gzip$/i.test(answered['content-encoding'] ?? '')
    // Whoever reads hears of errors.
    const body = zipped ? pipeline(response, createGunzip(), () => undefined) : response
    return { status: statusCode, headers: answered, body }
  }
}

function createAgent(server: string, route: Route, options: AgentOptions): http.Agent | https.Agent {
  if (!server.startsWith('https:'))
    return new http.Agent({ ...options, ...environment(http.globalAgent, route) })
  const { authorities } = route
  const secure: https.AgentOptions = {
    ...options,
    // Explicitly, or NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment would send keys to anybody.
    rejectUnauthorized: true,
    ...(authorities === null ? {} : { ca: trustedAuthorities(authorities, rootCertificates) }),
  }
  const proxy = proxyFor(route, new URL(server))
  if (proxy !== null) return createTunnelAgent(proxy, secure)
  return new https.Agent({ ...secure, ...environment(https.globalAgent, route) })
}

/** Newer versions of Node can be told to use the proxies of the environment; their own agent knows whether they were. */
function environment(globalAgent: object, route: Route): object {
  const { proxyEnv } = (globalAgent as { options?: { proxyEnv?: unknown } }).options ?? {}
  return proxyEnv === undefined || route.proxy !== null ? {} : { proxyEnv }
}

/** The connection had been used before, and its other end was gone. */
class Stale extends Error {
  constructor(cause: Error) {
    super('the connection was closed', { cause })
  }
}

function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
