import {
  Agent,
  createServer,
  request as requestUpstream,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex, Transform } from 'node:stream'
import { pipeline } from 'node:stream'
import { connect as connectTls, createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import { callbackify } from 'node:util'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { createNeedles } from '../../secrets/needles.ts'
import { createRunCertificates } from './certificate.ts'
import { createReturnFilter } from './return-filter.ts'
import { mayTravel, withKeys, type BrokeredKey } from './swap.ts'

/** One connection out of the sandbox to a host that a brokered key may travel to. */
export interface BrokeredConnection {
  readonly client: Socket
  /** What the client has sent already: the beginning of its handshake. */
  readonly first: Buffer
  /** In lower case, without a trailing dot. */
  readonly host: string
  readonly port: number
  /** Another connection to the same vetted address. */
  dial(): Promise<Socket>
  /** Counts what leaves; false where that is too much, which it has said. */
  sent(bytes: number): boolean
  received(bytes: number): void
  refused(why: string): void
}

/** Puts keys into requests on their way out, so that the run never holds them. */
export interface Broker {
  /** In PEM, what programs inside must trust. */
  readonly authority: string
  /** Whether what goes there is looked into. */
  covers(host: string, port: number): boolean
  serve(connection: BrokeredConnection): void
  /** Which key went where, and in how many requests. */
  used(): { name: string; host: string; times: number }[]
}

/**
 * Ends the encryption of the run's connections to the hosts of its keys, with certificates of this run alone, and begins a
 * new one to the site, which is verified strictly against `roots` (PEM). In the headers of a request placeholders become
 * keys, in everything that comes back keys become placeholders. HTTP/1.1 and WebSocket; bodies leave as they are.
 */
export function createBroker(keys: readonly BrokeredKey[], roots: string): Broker {
  const hosts = [...new Set(keys.flatMap(({ hosts }) => hosts.map((host) => host.replace(/:\d+$/, ''))))]
  const { authority, certificate, key } = createRunCertificates(hosts)
  const secureContext = createSecureContext({ cert: certificate, key })
  let trusted: SecureContext | undefined
  // Reading all of them takes milliseconds.
  const trusting = () => (trusted ??= createSecureContext({ ca: roots }))
  const needles = createNeedles(Object.fromEntries(keys.map(({ name, value }) => [name, value])), true)
  const placeholders = new Map(keys.map(({ name, placeholder }) => [name, placeholder]))
  const toPlaceholders = () => createReturnFilter(needles, (name) => placeholders.get(name)!)
  const uses = new Map<string, { name: string; host: string; times: number }>()
  const noteUse = (name: string, host: string) => {
    const known = uses.get(`${name} ${host}`)
    if (known) known.times++
    else uses.set(`${name} ${host}`, { name, host, times: 1 })
  }

  const serve = (connection: BrokeredConnection) => {
    const { client, host, port } = connection
    const place = `${host}:${port}`
    const here = keys.filter((one) => mayTravel(one, host, port))
    const elsewhere = keys.filter((one) => !here.includes(one))
    client.unshift(connection.first)
    const inside = new TLSSocket(client, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
    /** To the address that was vetted; nothing is sent before the site has proved its name. */
    const dialSecurely = async (): Promise<Socket> => {
      const upstream = connectTls({
        socket: await connection.dial(),
        servername: host,
        secureContext: trusting(),
        ALPNProtocols: ['http/1.1'],
        // Explicitly, or NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment would send keys to anybody.
        rejectUnauthorized: true,
      })
      await once(upstream, 'secureConnect')
      return upstream
    }
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    Object.assign(agent, {
      createConnection: (_options: unknown, done: (error: Error | null, socket?: Socket) => void) =>
        callbackify(dialSecurely)(done as (error: Error | null, socket: Socket) => void),
    })
    const end = () => {
      agent.destroy()
      inside.destroy()
    }
    inside.on('error', end)
    inside.on('close', end)

    /** The request's headers as they leave. The site is the one that was approved, whatever the request says. */
    const headersOf = (incoming: IncomingMessage, isUpgrade: boolean) => {
      const headers = ['Host', port === 443 ? host : place]
      const put = new Set<string>()
      const pairs = pairsOf(incoming.rawHeaders)
      for (const [name, value] of pairs) {
        if (
          isHopByHop(name, isUpgrade) ||
          /^(host|accept-encoding|expect|sec-websocket-extensions)$/i.test(name)
        )
          continue
        const swapped = withKeys(value, here)
        for (const used of swapped.names) put.add(used)
        for (const used of withKeys(value, elsewhere).names)
          connection.refused(
            `It tried to use ${used} there, where it may not go; only what stands for it was sent.`,
          )
        headers.push(name, swapped.value)
      }
      // Packed, or cut into ranges, an answer could hold a key that nobody sees.
      headers.push('Accept-Encoding', 'identity')
      // Otherwise a body of no announced length would follow a GET without a frame, and read like a second request.
      if (incoming.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked')
      return { headers: put.size === 0 ? headers : withoutRanges(headers), put }
    }
    const ask = (incoming: IncomingMessage, { headers, put }: ReturnType<typeof headersOf>) => {
      const { method = 'GET', url = '/' } = incoming
      const asking = requestUpstream({ agent, method, path: url, headers, setHost: false })
      // The site has proved its name by now.
      asking.once('socket', () => put.forEach((name) => noteUse(name, place)))
      return asking
    }

    const answerTo = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const leaving = headersOf(incoming, false)
      // A site named here could be taken for the one that is meant (RFC 9112 §3.2.2).
      if (!incoming.url!.startsWith('/') || !connection.sent(sizeOf(leaving.headers))) return end()
      const upstream = ask(incoming, leaving)
      const fail = (status: number, why: string) => {
        connection.refused(why)
        if (outgoing.headersSent) return end()
        outgoing.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
        outgoing.end(`Skillet: ${why}\n`)
      }
      upstream.on('error', (error: NodeJS.ErrnoException) => {
        if (!inside.destroyed) fail(502, problemOf(error))
      })
      upstream.on('response', (answer: IncomingMessage) => {
        const isBodiless = incoming.method === 'HEAD' || [204, 304].includes(answer.statusCode!)
        const unpacked = isBodiless ? [] : unpacking(answer)
        if (unpacked === null) return fail(502, 'It answered in a form that can’t be searched for your keys.')
        const filter = toPlaceholders()
        outgoing.sendDate = false
        const said = filter.text(answer.statusMessage ?? '')
        outgoing.writeHead(answer.statusCode!, said, returned(answer, isBodiless, filter.text))
        answer.on('data', (data: Buffer) => connection.received(data.length))
        pipeline([answer, ...unpacked, filter.stream(), outgoing], (error) => {
          if (error) end()
        })
      })
      incoming.on('data', (data: Buffer) => {
        if (!connection.sent(data.length)) end()
      })
      pipeline(incoming, upstream, () => {})
    }

    const upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      const leaving = headersOf(incoming, true)
      const isWanted = incoming.url!.startsWith('/') && /^websocket$/i.test(incoming.headers.upgrade ?? '')
      if (!isWanted || !connection.sent(sizeOf(leaving.headers))) return end()
      const upstream = ask(incoming, leaving)
      upstream.on('error', (error: NodeJS.ErrnoException) => {
        connection.refused(problemOf(error))
        end()
      })
      // It would not: what it says instead isn't passed on.
      upstream.on('response', end)
      upstream.on('upgrade', (answer: IncomingMessage, site: Duplex, rest: Buffer) => {
        const filter = toPlaceholders()
        const lines = pairsOf(answer.rawHeaders).map(([name, value]) => `${name}: ${filter.text(value)}`)
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
        if (head.length > 0) socket.unshift(head)
        if (rest.length > 0) site.unshift(rest)
        socket.on('data', (data: Buffer) => {
          if (!connection.sent(data.length)) end()
        })
        site.on('data', (data: Buffer) => connection.received(data.length))
        pipeline(socket, site, end)
        pipeline([site, filter.stream(), socket], end)
      })
      upstream.end()
    }

    const server = createServer(answerTo)
    server.on('upgrade', upgrade)
    server.on('clientError', end)
    inside.on('secure', () => {
      const asked = (inside as TLSSocket & { servername?: string | false }).servername
      if (typeof asked === 'string' && asked.toLowerCase() === host)
        return void server.emit('connection', inside)
      connection.refused('Its encrypted connection asked for another site.')
      end()
    })
  }

  return {
    authority,
    covers: (host, port) => keys.some((one) => mayTravel(one, host, port)),
    serve,
    used: () => [...uses.values()],
  }
}

/** What an answer's headers are inside: without keys, and without what holds for one hop or for the packed form. */
function returned(answer: IncomingMessage, isBodiless: boolean, clean: (text: string) => string): string[] {
  return pairsOf(answer.rawHeaders).flatMap(([name, value]) =>
    isHopByHop(name, false) ||
    (!isBodiless && /^(content-length|content-encoding|content-md5|digest|repr-digest)$/i.test(name))
      ? []
      : [name, clean(value)],
  )
}

/** Streams that undo how an answer is packed; null where nothing is known that does. */
function unpacking({ headers }: IncomingMessage): Transform[] | null {
  const coding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  if (coding === '' || coding === 'identity') return []
  if (coding === 'gzip' || coding === 'x-gzip') return [createGunzip()]
  if (coding === 'deflate') return [createInflate()]
  return coding === 'br' ? [createBrotliDecompress()] : null
}

/** RFC 9110 §7.6.1; what makes a WebSocket stays where one is asked for. */
function isHopByHop(name: string, isUpgrade: boolean): boolean {
  if (isUpgrade && /^(connection|upgrade)$/i.test(name)) return false
  return /^(connection|keep-alive|proxy-[a-z-]+|te|trailer|transfer-encoding|upgrade)$/i.test(name)
}

function pairsOf(raw: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!, raw[2 * index + 1]!])
}

function withoutRanges(headers: readonly string[]): string[] {
  return pairsOf(headers).flatMap((pair) => (/^(range|if-range)$/i.test(pair[0]) ? [] : pair))
}

const sizeOf = (headers: readonly string[]) => headers.reduce((sum, text) => sum + text.length + 2, 0)

function problemOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? ''
  return /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code)
    ? `It could not prove that it is the site that you allowed (${code}). Nothing was sent.`
    : 'The site did not answer, or ended the connection.'
}
