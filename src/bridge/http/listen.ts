import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SkilletError } from '../../shared/errors.ts'
import { judgeHead, type Authority } from './guard.ts'
import { rawAnswer, refuse } from './refuse.ts'
import { Refusal } from './refusal.ts'
import { createStrangers } from './strangers.ts'

export interface ListenerLimits {
  /** Milliseconds for all of a request's headers, and for a kept connection to ask again. */
  readonly headersMs: number
  /** Milliseconds for all of a request's body. */
  readonly bodyMs: number
  readonly connections: number
  /** Connections on which no token was accepted yet. With one more, the one that has been there longest is closed. */
  readonly strangers: number
}

export const usualLimits: ListenerLimits = {
  headersMs: 10_000,
  bodyMs: 20_000,
  connections: 1200,
  strangers: 800,
}

export interface Listener {
  /** `127.0.0.1:PORT`, or the path of the socket: what the proof of the server is bound to. */
  readonly address: string
  /** A token was accepted on this connection. */
  known(socket: Duplex): void
  /** Takes no more requests and lets those under way finish for up to `graceMs`. */
  close(graceMs: number): Promise<void>
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Answers HTTP on 127.0.0.1 or on a socket. Every request is judged before `handle` gets it. There is no timer while
 * nobody is connected; Node's own look at its connections, which goes on all the time, is off.
 */
export async function listen(
  where: { port: number } | { socket: string },
  handle: Handle,
  log: (line: string) => void,
  limits: ListenerLimits = usualLimits,
): Promise<Listener> {
  const server = createServer({
    // Strict whatever flags the process was started with.
    insecureHTTPParser: false,
    maxHeaderSize: 16 * 1024,
    headersTimeout: 0,
    requestTimeout: 0,
    connectionsCheckingInterval: 2 ** 31 - 1,
    keepAliveTimeout: limits.headersMs,
  })
  // Node would leave out those past a number without a word; `judgeHead` counts them all.
  server.maxHeadersCount = 0
  server.maxConnections = limits.connections
  const strangers = createStrangers(limits)
  let authority: Authority = { hosts: [], origins: [] }

  server.on('connection', (socket: Socket) => strangers.arrived(socket))
  server.on('request', (request, response) => {
    const refusal = judgeHead(
      {
        method: request.method ?? '',
        url: request.url ?? '',
        httpVersion: request.httpVersion,
        rawHeaders: request.rawHeaders,
      },
      authority,
    )
    if (refusal !== null) return refuse(response, refusal, log)
    strangers.asks(request, response)
    handle(request, response)
  })
  const refuseRaw = (request: IncomingMessage | null, socket: Duplex) => {
    const refusal =
      request === null
        ? new Refusal(400, 'INPUT_INVALID', 'That was no request of HTTP/1.1.', {
            remedy: 'Correct the request.',
          })
        : new Refusal(400, 'USAGE', 'Skillet speaks nothing but HTTP here.', { remedy: 'Leave out Upgrade.' })
    if (socket.writable) socket.end(rawAnswer(refusal, log))
    else socket.destroy()
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => refuseRaw(request, socket))
  server.on('connect', (request: IncomingMessage, socket: Duplex) => refuseRaw(request, socket))
  server.on('clientError', (_: Error, socket: Duplex) => refuseRaw(null, socket))

  await started(server, where)
  const address = addressOf(server, where)
  authority =
    'socket' in where
      ? { hosts: ['localhost'], origins: [] }
      : ownNames((server.address() as AddressInfo).port)
  return {
    address,
    known: (socket) => strangers.known(socket),
    close: (graceMs) =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(force)
          resolve()
        })
        strangers.leave()
        server.closeIdleConnections()
      }),
  }
}

/** Exact: a name that anybody else can point here is none of them. */
function ownNames(port: number): Authority {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  return { hosts, origins: hosts.map((host) => `http://${host}`) }
}

function addressOf(server: Server, where: { port: number } | { socket: string }): string {
  return 'socket' in where ? where.socket : `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function started(server: Server, where: { port: number } | { socket: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SkilletError('BUSY', 'Skillet can’t listen for agents on this computer.', {
          remedy: 'Close what else uses the address, then try again.',
          cause,
        }),
      ),
    )
    const listening = () => {
      server.removeAllListeners('error')
      // Of one connection that could not be taken; the next one may be.
      server.on('error', () => undefined)
      resolve()
    }
    if ('socket' in where) server.listen(where.socket, listening)
    else server.listen({ host: '127.0.0.1', port: where.port, exclusive: true }, listening)
  })
}
