import type { OnReadOpts, Socket } from 'node:net'
import { readServerName } from './client-hello.ts'
import type { EgressLog, EgressRules } from './egress.ts'
import { createKeyGuard } from './key-guard.ts'
import type { ProxyRequest } from './proxy-request.ts'
import type { Relay } from './relay.ts'

/** Larger ones are memory of their own for the system, asked for and given back with each connection. */
const wayBackBytes = 64 * 1024

/** From here on an answer is large, and the native relay moves the rest of it. */
const LARGE_BYTES = 256 * 1024

/** What a site answers, on its way into the sandbox. */
interface WayBack {
  readonly onread: OnReadOpts
  /** The connection that `onread` was made for. */
  begin(upstream: Socket): void
  /** The connection is one that may be: from now on its answer may be handed over. */
  judged(): void
}

/**
 * Carries what a site answers into the sandbox: large pieces through one buffer, which is read into again only when the
 * system has taken all of it. A new buffer for each 64 KiB, as streams have it, takes three times as long. Once the
 * answer is large, the relay moves it; counting and ending it stay here.
 */
export function createWayBack(client: Socket, log: EgressLog, relay: Relay): WayBack {
  let upstream: Socket
  let isJudged = false
  let answered = 0
  const handOver = (): boolean => {
    if (!isJudged || answered < LARGE_BYTES || client.writableLength > 0 || client.destroyed) return false
    const stop = relay.carry(upstream, client, {
      counted(bytes) {
        log.bytesIn += bytes
        // Something moves, which these two can't see.
        if (bytes > 0 && !upstream.destroyed)
          for (const socket of [client, upstream]) socket.setTimeout(socket.timeout ?? 0)
      },
      over(how) {
        // Its end is still to be read, and then goes the usual way.
        if (how === 'ended') upstream.resume()
        else upstream.destroy()
        if (how === 'lost') client.destroy()
      },
    })
    if (stop === null) return false
    upstream.once('close', stop)
    return true
  }
  return {
    onread: {
      buffer: Buffer.allocUnsafe(wayBackBytes),
      callback(length, buffer) {
        log.bytesIn += length
        answered += length
        let taken = false
        client.write(buffer.subarray(0, length), () => {
          if (!taken && !handOver()) upstream.resume()
        })
        // Otherwise the system still writes from this very buffer.
        taken = client.writableLength === 0
        return taken && !handOver()
      },
    },
    begin(connection) {
      upstream = connection
      upstream.resume()
    },
    judged() {
      isJudged = true
    },
  }
}

/**
 * Carries bytes between a sandbox and the site that it may reach, counting both ways. What doesn't begin with a TLS
 * handshake for that very site is cut on port 443, and elsewhere watched for keys.
 */
export function forward(
  client: Socket,
  upstream: Socket,
  first: Buffer,
  request: ProxyRequest,
  back: WayBack,
  rules: EgressRules,
  log: EgressLog,
): void {
  const place = `${request.host.toLowerCase().replace(/\.$/, '')}:${request.port}`
  const cut = (why: string) => {
    log.onRefused(place, why)
    client.destroy()
    upstream.destroy()
  }
  const send = (data: Buffer) => {
    log.bytesOut += data.length
    if (log.bytesOut > rules.maxBytesOut) return cut('It has sent as much as it may today.')
    if (!upstream.write(data)) client.pause()
  }
  const keyIn = createKeyGuard(rules.keys ?? {}, place)
  const sendUnencrypted = (data: Buffer) => {
    const key = keyIn(data)
    if (key !== null) return cut(`It tried to send ${key} there without encryption.`)
    send(data)
  }
  let hello = Buffer.alloc(0)
  const begin = (data: Buffer) => {
    hello = Buffer.concat([hello, data])
    const name = readServerName(hello)
    if (name.kind === 'more') return
    // Port 443 must speak TLS to the approved name: nothing else can be told apart from a smuggled destination.
    if (name.kind === 'name' ? `${name.name}:${request.port}` !== place : request.port === 443)
      return cut('Its encrypted connection asked for another site.')
    take = name.kind === 'name' ? send : sendUnencrypted
    back.judged()
    take(hello)
  }
  let take = request.tunnel ? begin : sendUnencrypted
  if (!request.tunnel) back.judged()
  if (first.length > 0) take(first)
  client.on('data', (data: Buffer) => take(data))
  upstream.on('drain', () => client.resume())
  client.on('end', () => upstream.end())
  client.on('close', () => upstream.destroy())
  upstream.on('end', () => client.end())
  upstream.on('close', () => client.destroySoon())
  back.begin(upstream)
  client.resume()
}
