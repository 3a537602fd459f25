import type { OnReadOpts, Socket } from 'node:net'
import { readServerName } from './client-hello.ts'
import type { EgressLog, EgressRules } from './egress.ts'
import { createKeyGuard } from './key-guard.ts'
import type { ProxyRequest } from './proxy-request.ts'

const wayBackBytes = 256 * 1024

/**
 * Carries what a site answers into the sandbox: large pieces through one buffer, which is read into again only when the
 * system has taken all of it. A new buffer for each 64 KiB, as streams have it, takes three times as long.
 */
export function wayBack(client: Socket, log: EgressLog, readOn: () => void): OnReadOpts {
  return {
    buffer: Buffer.allocUnsafe(wayBackBytes),
    callback(length, buffer) {
      log.bytesIn += length
      let taken = false
      client.write(buffer.subarray(0, length), () => {
        if (!taken) readOn()
      })
      // Otherwise the system still writes from this very buffer.
      taken = client.writableLength === 0
      return taken
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
    take(hello)
  }
  let take = request.tunnel ? begin : sendUnencrypted
  if (first.length > 0) take(first)
  client.on('data', (data: Buffer) => take(data))
  upstream.on('drain', () => client.resume())
  client.on('end', () => upstream.end())
  client.on('close', () => upstream.destroy())
  upstream.on('end', () => client.end())
  upstream.resume()
  upstream.on('close', () => client.destroySoon())
  client.resume()
}
