import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDirect, readRequest, type ProxyRequest } from '../../../../src/engine/sandbox/proxy-request.ts'

/** What the proxy takes what was sent for, as it would be sent on; null where it takes it for no request. */
type Read = { host: string; port: number; tunnel: boolean; first: string } | null

const server = createServer()
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => void server.close())

/** Sends `data`, answers each greeting of the other side with the next of `more`, and says no more. */
async function sent(
  data: Buffer | string,
  read: (client: Parameters<typeof readRequest>[0]) => Promise<ProxyRequest | null> = readRequest,
  more: readonly Buffer[] = [],
): Promise<Read> {
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection')
  const socket = connect(port, '127.0.0.1')
  const [client] = (await accepted) as [Parameters<typeof readRequest>[0]]
  client.pause()
  const left = [...more]
  const say = (words: Buffer | string | undefined, isLast: boolean) => {
    if (words !== undefined) socket.write(words)
    if (isLast) socket.end()
  }
  socket.on('data', () => say(left.shift(), left.length === 0))
  say(data, left.length === 0)
  const request = await read(client)
  const found: Read =
    request === null
      ? null
      : {
          host: request.host,
          port: request.port,
          tunnel: request.tunnel,
          first: (await request.accept()).toString('latin1'),
        }
  socket.destroy()
  client.destroy()
  return found
}

const get = (line: string, ...headers: string[]) => [line, ...headers, '', ''].join('\r\n')

test('a tunnel and a page are read with what follows them', async () => {
  expect(await sent(`${get('CONNECT api.example.com:443 HTTP/1.1')}hello`)).toEqual({
    host: 'api.example.com',
    port: 443,
    tunnel: true,
    first: 'hello',
  })
  expect(await sent(`${get('POST http://api.example.com/a?b HTTP/1.1', 'X: 1')}body`)).toEqual({
    host: 'api.example.com',
    port: 80,
    tunnel: false,
    first: `${get('POST /a?b HTTP/1.1', 'Host: api.example.com', 'X: 1', 'Connection: close')}body`,
  })
})

test('only the approved name is sent on, and nothing that would keep the connection for a second request', async () => {
  const dropped = [
    'Host: evil.example.net',
    'host : evil.example.net',
    'Connection: keep-alive',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
    'Keep-Alive: timeout=60',
    'Upgrade: websocket',
  ]
  for (const header of dropped) {
    const read = await sent(get('GET http://api.example.com:8080/ HTTP/1.1', header))
    if (header.includes(' :')) expect(read).toBeNull()
    else
      expect(read?.first, header).toBe(
        get('GET / HTTP/1.1', 'Host: api.example.com:8080', 'Connection: close'),
      )
  }
})

test.each([
  ['another version', get('GET http://api.example.com/ HTTP/2.0')],
  ['no version', get('GET http://api.example.com/')],
  ['a method that is none', get('get http://api.example.com/ HTTP/1.1')],
  ['a method with a sign in it', get('GET: http://api.example.com/ HTTP/1.1')],
  ['a path without a site', get('GET / HTTP/1.1', 'Host: api.example.com')],
  ['another scheme', get('GET https://api.example.com/ HTTP/1.1')],
  ['files', get('GET file:///etc/passwd HTTP/1.1')],
  ['a name before the site', get('GET http://api.example.com@evil.example.net/ HTTP/1.1')],
  ['a password before the site', get('GET http://:secret@evil.example.net/ HTTP/1.1')],
  [
    'a lone line feed in the first line',
    'GET http://api.example.com/ HTTP/1.1\nHost: evil.example.net\r\n\r\n',
  ],
  ['a lone carriage return in the first line', 'GET http://api.example.com/\rx HTTP/1.1\r\n\r\n'],
  ['a zero in the first line', 'GET http://api.example.com/\0 HTTP/1.1\r\n\r\n'],
  [
    'a lone line feed in a header',
    get('GET http://api.example.com/ HTTP/1.1', 'X: a\nHost: evil.example.net'),
  ],
  ['a lone carriage return in a header', get('GET http://api.example.com/ HTTP/1.1', 'X: a\rb')],
  ['a zero in a header', get('GET http://api.example.com/ HTTP/1.1', 'X: a\0b')],
  ['a space before a colon', get('GET http://api.example.com/ HTTP/1.1', 'X : a')],
  ['a folded header', get('GET http://api.example.com/ HTTP/1.1', 'X: a', ' b')],
  ['a header without a colon', get('GET http://api.example.com/ HTTP/1.1', 'nothing')],
  ['a tunnel without a port', get('CONNECT api.example.com HTTP/1.1')],
  ['a tunnel to port 0', get('CONNECT api.example.com:0 HTTP/1.1')],
  ['a tunnel to a port beyond all', get('CONNECT api.example.com:65536 HTTP/1.1')],
  ['a tunnel to a path', get('CONNECT api.example.com/x:443 HTTP/1.1')],
  ['a tunnel with a name before the site', get('CONNECT a@api.example.com:443 HTTP/1.1')],
  ['a tunnel to a part of a page', get('CONNECT api.example.com#x:443 HTTP/1.1')],
  ['a tunnel to a question', get('CONNECT api.example.com?x:443 HTTP/1.1')],
  ['a head that doesn’t end', `GET http://api.example.com/ HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`],
  ['nothing', ''],
])('%s is no request', async (_what, data) => {
  expect(await sent(data)).toBeNull()
})

const socks = (...bytes: number[]) => Buffer.from(bytes)
const greeting = socks(5, 1, 0)
const named = (command: number, host: string, port = 443) =>
  Buffer.concat([socks(5, command, 0, 3, host.length), Buffer.from(host), socks(port >> 8, port & 255)])

test('SOCKS5 is read by name and by address', async () => {
  const read = { port: 443, tunnel: true, first: '' }
  expect(await sent(greeting, readRequest, [named(1, 'api.example.com')])).toEqual({
    ...read,
    host: 'api.example.com',
  })
  expect(await sent(greeting, readRequest, [socks(5, 1, 0, 1, 10, 0, 0, 1, 1, 187)])).toEqual({
    ...read,
    host: '10.0.0.1',
  })
  const six = [0xfe, 0x80, ...Array<number>(13).fill(0), 1]
  expect(await sent(greeting, readRequest, [socks(5, 1, 0, 4, ...six, 1, 187)])).toEqual({
    ...read,
    host: '[fe80:0:0:0:0:0:0:1]',
  })
})

test.each([
  ['a password', socks(5, 1, 2), [named(1, 'api.example.com')]],
  ['no way to sign in', socks(5, 0), [named(1, 'api.example.com')]],
  ['to be called', greeting, [named(2, 'api.example.com')]],
  ['datagrams', greeting, [named(3, 'api.example.com')]],
  ['another version', greeting, [Buffer.concat([socks(4), named(1, 'api.example.com').subarray(1)])]],
  ['another kind of address', greeting, [socks(5, 1, 0, 2, 10, 0, 0, 1, 1, 187)]],
  ['no name', greeting, [named(1, '')]],
  ['a name with a port in it', greeting, [named(1, 'api.example.com:80')]],
  ['a name of two words', greeting, [named(1, 'api example.com')]],
  ['port 0', greeting, [named(1, 'api.example.com', 0)]],
])('SOCKS5 that wants %s is no request', async (_what, first, more) => {
  expect(await sent(first, readRequest, more)).toBeNull()
})

test('straight to an approved host, plain HTTP asks that host alone, and for a page', async () => {
  const direct = (port: number) => (client: Parameters<typeof readDirect>[0]) =>
    readDirect(client, 'api.example.com', port)
  const page = (host: string) => get('GET /a HTTP/1.1', `Host: ${host}`, 'Connection: close')
  for (const target of ['/a', 'http://evil.example.net/a'])
    expect(await sent(get(`GET ${target} HTTP/1.1`, 'Host: evil.example.net'), direct(80)), target).toEqual({
      host: 'api.example.com',
      port: 80,
      tunnel: false,
      first: page('api.example.com'),
    })
  expect(await sent(get('GET /a HTTP/1.1'), direct(8080))).toMatchObject({
    port: 8080,
    tunnel: false,
    first: page('api.example.com:8080'),
  })
  expect(await sent(get('CONNECT evil.example.net:443 HTTP/1.1'), direct(80))).toBeNull()
  expect(await sent('not a request', direct(80))).toBeNull()
  expect(await sent('\x16\x03\x01 and so on', direct(443))).toMatchObject({ tunnel: true, port: 443 })
})
