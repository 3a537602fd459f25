import type { Socket } from 'node:net'

const MAX_HEAD_BYTES = 16 * 1024
const HEAD_TIMEOUT_MS = 10_000
/** Of a host's name (RFC 1035 §2.3.4), as text; a longer one is none, and would only be the skill's own words. */
const MAX_HOST_LENGTH = 253

/** One request to leave the sandbox, whichever of the three proxy languages it came in. */
export interface ProxyRequest {
  readonly host: string
  readonly port: number
  /** True when the bytes that follow are the client's own (CONNECT, SOCKS5); false for plain HTTP. */
  readonly tunnel: boolean
  /** Says yes; resolves to what must be sent on first. */
  accept(): Promise<Buffer>
  /** Says no in the request's own language and closes. */
  refuse(status: 403 | 502 | 504, why: string): void
}

/** Reads a request's head; null when it is none that a proxy understands, or does not come in time. */
export async function readRequest(client: Socket): Promise<ProxyRequest | null> {
  const reader = createReader(client)
  const first = await reader.take(1)
  if (!first) return null
  const request = await (first[0] === 5 ? readSocks(client, reader) : readHttp(client, reader, first))
  return request === null || request.host.replace(/\.$/, '').length > MAX_HOST_LENGTH ? null : request
}

/**
 * A connection to an address that stands for `host` inside the sandbox. Plain HTTP is read like a proxy's, so that it can
 * ask for nothing else; everything else is the client's own and goes on as it is. Null when nothing comes in time.
 */
export async function readDirect(client: Socket, host: string, port: number): Promise<ProxyRequest | null> {
  const reader = createReader(client)
  const first = await reader.take(1)
  if (!first) return null
  // No method's name begins as a TLS record does (RFC 9110 §9.1, RFC 8446 §5.1).
  if (port === 80 || /^[A-Z]$/.test(first.toString('latin1')))
    return readHttp(client, reader, first, `http://${host}:${port}`)
  return {
    host,
    port,
    tunnel: true,
    accept: async () => Buffer.concat([first, reader.rest()]),
    // There are no words for it in the client's language.
    refuse: () => client.destroy(),
  }
}

interface Reader {
  /** Exactly `length` bytes, or null at the end or after the time limit. */
  take(length: number): Promise<Buffer | null>
  /** What has arrived beyond what was taken. */
  rest(): Buffer
}

function createReader(client: Socket): Reader {
  const deadline = Date.now() + HEAD_TIMEOUT_MS
  let buffered = Buffer.alloc(0)
  return {
    take: async (length) => {
      while (buffered.length < length) {
        const chunk = await nextChunk(client, deadline - Date.now())
        if (!chunk) return null
        buffered = Buffer.concat([buffered, chunk])
      }
      const taken = buffered.subarray(0, length)
      buffered = buffered.subarray(length)
      return taken
    },
    rest: () => {
      const all = buffered
      buffered = Buffer.alloc(0)
      return all
    },
  }
}

function nextChunk(client: Socket, timeoutMs: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const finish = (chunk: Buffer | null) => {
      clearTimeout(timer)
      client.off('data', finish)
      client.off('close', close)
      client.off('end', close)
      client.pause()
      resolve(chunk)
    }
    const close = () => finish(null)
    const timer = setTimeout(close, Math.max(0, timeoutMs))
    client.on('data', finish)
    client.on('close', close)
    client.on('end', close)
    client.resume()
  })
}

/** `origin`: where paths lead that name no host. */
async function readHttp(
  client: Socket,
  reader: Reader,
  first: Buffer,
  origin: string | null = null,
): Promise<ProxyRequest | null> {
  let head = first
  for (;;) {
    const end = head.indexOf('\r\n\r\n')
    if (end >= 0) return parseHttp(client, head.toString('latin1', 0, end), head.subarray(end + 4), origin)
    if (head.length > MAX_HEAD_BYTES) return null
    const rest = reader.rest()
    const more = rest.length > 0 ? rest : await reader.take(1)
    if (!more) return null
    head = Buffer.concat([head, more])
  }
}

function parseHttp(client: Socket, head: string, body: Buffer, origin: string | null): ProxyRequest | null {
  const [line = '', ...headers] = head.split('\r\n')
  const [method = '', target = '', version = ''] = line.split(' ')
  if (!/^HTTP\/1\.[01]$/.test(version) || !/^[A-Z]+$/.test(method)) return null
  // A lone line feed ends the head for lenient servers, and what follows would be a second request.
  if (/[\r\n\0]/.test(line) || !headers.every(isPlainHeader)) return null
  const refuse: ProxyRequest['refuse'] = (status, why) => {
    const text = `Skillet: ${why}\n`
    client.write(
      // Most clients show the status line and nothing else of a refused tunnel.
      `HTTP/1.1 ${status} Skillet: ${why.replace(/[^ -~]/g, '?')}\r\n` +
        `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    )
    client.destroySoon()
  }
  if (method === 'CONNECT' && origin === null) {
    const place = parseAuthority(target)
    if (!place) return null
    const accept = async () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      return body
    }
    return { ...place, tunnel: true, accept, refuse }
  }
  let url: URL
  try {
    url = new URL(origin === null ? target : requestUrl(origin, target))
  } catch {
    return null
  }
  if (url.protocol !== 'http:' || url.username !== '' || url.password !== '') return null
  // One request a connection and only the target's own name as Host: a second request on the same
  // connection could name another site behind the first one's approval.
  const kept = headers.filter(
    (header) => !/^(host|connection|proxy-[a-z-]*|keep-alive|upgrade)\s*:/i.test(header),
  )
  const path = `${url.pathname}${url.search}`
  const rewritten = [
    `${method} ${path} ${version}`,
    `Host: ${url.host}`,
    ...kept,
    'Connection: close',
    '',
    '',
  ].join('\r\n')
  return {
    host: url.hostname,
    port: Number(url.port || 80),
    tunnel: false,
    accept: async () => Buffer.concat([Buffer.from(rewritten, 'latin1'), body]),
    refuse,
  }
}

/** The host is the one that the connection was made to, whatever a request writes. */
function requestUrl(origin: string, target: string): string {
  if (target.startsWith('/')) return origin + target
  const { pathname, search } = new URL(target)
  return origin + pathname + search
}

/** One header on one line (RFC 9110 §5.1, §5.5), without folding. */
function isPlainHeader(header: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*$/.test(header)
}

/** `host:port`. Some clients leave out the brackets of an IPv6 address; it is refused by name all the same. */
function parseAuthority(text: string): { host: string; port: number } | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^/?#@\s[\]]+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port < 1 || port > 65535) return null
  const host = match[1]!
  return { host: host.includes(':') && !host.startsWith('[') ? `[${host}]` : host, port }
}

/** SOCKS5 without authentication, CONNECT only (RFC 1928). */
async function readSocks(client: Socket, reader: Reader): Promise<ProxyRequest | null> {
  const count = (await reader.take(1))?.[0]
  const methods = count === undefined ? null : await reader.take(count)
  if (!methods?.includes(0)) return null
  client.write(Buffer.from([5, 0]))
  const head = await reader.take(4)
  if (!head || head[0] !== 5 || head[1] !== 1) return null
  const host = await readSocksHost(reader, head[3]!)
  const port = host === null ? null : (await reader.take(2))?.readUInt16BE(0)
  if (host === null || !port) return null
  const reply = (status: number) => Buffer.from([5, status, 0, 1, 0, 0, 0, 0, 0, 0])
  return {
    host,
    port,
    tunnel: true,
    accept: async () => {
      client.write(reply(0))
      return reader.rest()
    },
    // 2: not allowed by the rules; 4: host unreachable.
    refuse: (status) => {
      client.write(reply(status === 403 ? 2 : 4))
      client.destroySoon()
    },
  }
}

async function readSocksHost(reader: Reader, type: number): Promise<string | null> {
  if (type === 3) {
    const length = (await reader.take(1))?.[0]
    const name = length ? await reader.take(length) : null
    // No colon: it would read like a port, and addresses have a type of their own.
    return name && /^[\x21-9;-\x7e]+$/.test(name.toString('latin1')) ? name.toString('latin1') : null
  }
  const bytes = type === 1 ? await reader.take(4) : type === 4 ? await reader.take(16) : null
  if (!bytes) return null
  if (bytes.length === 4) return [...bytes].join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return `[${groups.join(':')}]`
}
