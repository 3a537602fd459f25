import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemDialer, type Dialer } from '../../src/engine/sandbox/egress.ts'
import { runInside, type InsideOptions } from '../support/sandbox.ts'

// The real proxy, the real sandbox and a real TLS server. Only the last hop is bent: api.example.com leads to the
// server on this computer, which the proxy would rightly refuse.

const tls = (name: string) => readFileSync(`test/fixtures/tls/${name}.pem`)
const seen: { host: string | undefined; body: string }[] = []
const answer: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (data) => (body += data))
  request.on('end', () => {
    seen.push({ host: request.headers.host, body })
    response.end('REACHED')
  })
}
const secure = createServer({ key: tls('key'), cert: tls('cert') }, answer)
const plain = createHttpServer(answer)

beforeAll(async () => {
  await Promise.all(
    [secure, plain].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  )
})
afterAll(() => {
  secure.close()
  plain.close()
})

const resolved: string[] = []
const dialer: Dialer = {
  resolve: async (host) => {
    resolved.push(host)
    return ['127.0.0.1']
  },
  isAllowedAddress: () => true,
  route: (address, port) => ({
    host: address,
    port: ((port === 80 ? plain : secure).address() as AddressInfo).port,
  }),
}

const python = (body: string) => [
  '-c',
  `import ssl,socket,urllib.request,http.client
context=ssl._create_unverified_context()
def attempt(name, work):
  try: print(name, work())
  except BaseException as error: print(name, 'failed:', error)
def get(url, data=None): return urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=5, context=context).read().decode()
def tunnel(target, sni):
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(f'CONNECT {target} HTTP/1.1\\r\\n\\r\\n'.encode())
  head=s.recv(4096).decode()
  if ' 200 ' not in head.split('\\r\\n')[0]+' ': return head.split('\\r\\n')[0]
  if sni is None: s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); return s.recv(100) or 'cut'
  w=context.wrap_socket(s, server_hostname=sni); w.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); return w.recv(4096).decode().split('\\r\\n')[-1]
${body}`,
]
const inside = (body: string, options: InsideOptions = {}) =>
  runInside(python(body), { hosts: ['api.example.com'], dialer, ...options })

test('an approved host is reached over HTTPS and HTTP, and the receipt says so', async () => {
  const run = await inside(
    `attempt('https', lambda: get('https://api.example.com/'))\nattempt('http', lambda: get('http://api.example.com/'))`,
  )
  expect(run.stdout).toBe('https REACHED\nhttp REACHED\n')
  expect(run.receipt).toMatchObject({
    contacted: ['api.example.com:443', 'api.example.com:80'],
    requests: 2,
    refused: [],
  })
  expect(run.receipt.bytesOut).toBeGreaterThan(100)
})

test('every other host, port and address is refused before its name is looked up', async () => {
  resolved.length = 0
  const run = await inside(`
for url in ['https://evil.example.net/','https://sub.api.example.com/','https://api.example.com:8443/','http://evil.example.net/','https://93.184.216.34/','https://[2606:2800:220:1::1]/','https://api.example.com.evil.net/']:
  attempt(url, lambda: get(url))`)
  expect(run.stdout).not.toContain('REACHED')
  expect(run.stdout.match(/403/g)).toHaveLength(7)
  expect(resolved).toEqual([])
  expect(run.receipt.contacted).toEqual([])
  expect(run.receipt.refused.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'evil.example.net:443',
      'sub.api.example.com:443',
      'api.example.com:8443',
      'evil.example.net:80',
      '93.184.216.34:443',
    ]),
  )
})

test('without approval the same client is refused, and the receipt names the host', async () => {
  const run = await inside(`attempt('https', lambda: get('https://api.example.com/'))`, { hosts: [] })
  expect(run.stdout).toContain('403')
  expect(run.receipt.refused).toContainEqual(
    expect.objectContaining({ kind: 'connect', what: 'api.example.com:443' }),
  )
})

test('a name that leads into the local network is not dialled (DNS rebinding)', async () => {
  const body = `attempt('https', lambda: get('https://api.example.com/'))`
  expect((await inside(body)).stdout).toContain('REACHED')
  const run = await inside(body, { dialer: { ...dialer, isAllowedAddress: systemDialer.isAllowedAddress } })
  expect(run.stdout).toContain('502')
  expect(run.receipt.contacted).toEqual([])
  // One that leads there among others is enough, wherever it stands in the answer.
  for (const addresses of [
    ['127.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '127.0.0.1'],
  ]) {
    const mixed: Dialer = {
      ...dialer,
      resolve: async () => addresses,
      isAllowedAddress: (address) => address === '127.0.0.1',
    }
    expect((await inside(body, { dialer: mixed })).stdout).toContain('502')
  }
})

test('names are looked up one at a time, however many a run asks for', async () => {
  let now = 0
  let most = 0
  const slow: Dialer = {
    ...dialer,
    resolve: async (host) => {
      most = Math.max(most, ++now)
      await new Promise((done) => setTimeout(done, 5))
      now--
      return dialer.resolve(host)
    },
  }
  const hosts = ['one', 'two', 'three', 'four'].map((name) => `${name}.example.com`)
  const run = await inside(
    `
import threading
def ask(name): attempt(name, lambda: get('http://' + name + '/'))
asking=[threading.Thread(target=ask, args=[name]) for name in ${JSON.stringify(hosts)}]
for one in asking: one.start()
for one in asking: one.join()`,
    { hosts, dialer: slow },
  )
  expect(run.stdout.match(/REACHED/g)).toHaveLength(4)
  expect(most).toBe(1)
})

test('an approved connection cannot be used to speak to another site', async () => {
  const run = await inside(`
attempt('right', lambda: tunnel('api.example.com:443','api.example.com'))
attempt('case', lambda: tunnel('API.example.com.:443','api.example.com'))
attempt('sni', lambda: tunnel('api.example.com:443','evil.example.net'))
attempt('clear', lambda: tunnel('api.example.com:443',None))`)
  expect(run.stdout).toContain('right REACHED')
  expect(run.stdout).toContain('case REACHED')
  expect(run.stdout).toMatch(/sni failed/)
  expect(run.stdout).toMatch(/clear (cut|failed)/)
  // Both: another name, and none at all.
  expect(run.receipt.refused).toContainEqual(
    expect.objectContaining({ why: 'Its encrypted connection asked for another site.', times: 2 }),
  )
})

test('plain HTTP carries the approved name, whatever Host the skill wrote', async () => {
  seen.length = 0
  await inside(`
s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
s.sendall(b'GET http://api.example.com/ HTTP/1.1\\r\\nHost: evil.example.net\\r\\nProxy-Authorization: x\\r\\n\\r\\n')
print(s.recv(4096))`)
  expect(seen).toEqual([{ host: 'api.example.com', body: '' }])
})

test('a second request cannot be smuggled behind the first', async () => {
  seen.length = 0
  const run = await inside(`
for header in [b'X: a\\n\\nGET /two HTTP/1.1\\nHost: evil.example.net', b'X : a', b' folded', b'no-colon']:
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(b'GET http://api.example.com/one HTTP/1.1\\r\\n'+header+b'\\r\\n\\r\\n')
  print(s.recv(4096))`)
  expect(seen).toEqual([])
  expect(run.stdout).toBe("b''\n".repeat(4))
})

test('one skill cannot use up the engine’s connections', async () => {
  const run = await inside(`
import time
held=[]
for i in range(150):
  s=socket.create_connection(('127.0.0.1',3128)); held.append(s)
time.sleep(0.5)
def is_open(s):
  s.setblocking(False)
  try: return s.recv(1)!=b''
  except BlockingIOError: return True
  except OSError: return False
print(sum(is_open(s) for s in held))`)
  expect(Number(run.stdout)).toBeLessThanOrEqual(64)
  expect(Number(run.stdout)).toBeGreaterThan(0)
})

test('nothing leaves once the run has ended', async () => {
  seen.length = 0
  const slow: Dialer = {
    ...dialer,
    resolve: async (host) => {
      await new Promise((done) => setTimeout(done, 500))
      return dialer.resolve(host)
    },
  }
  const run = await inside(
    `s=socket.create_connection(('127.0.0.1',3128)); s.sendall(b'GET http://api.example.com/late HTTP/1.1\\r\\n\\r\\n')\nimport time; time.sleep(0.1)`,
    { dialer: slow },
  )
  await new Promise((done) => setTimeout(done, 700))
  expect(seen).toEqual([])
  expect(run.receipt.contacted).toEqual([])
})

test('SOCKS5 obeys the same rules', async () => {
  const run = await inside(`
def socks(host, port):
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(b'\\x05\\x01\\x00'); s.recv(2)
  name=host.encode(); s.sendall(b'\\x05\\x01\\x00\\x03'+bytes([len(name)])+name+port.to_bytes(2,'big'))
  reply=s.recv(10)
  if reply[1]!=0: return f'refused {reply[1]}'
  w=context.wrap_socket(s, server_hostname=host); w.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); return w.recv(4096).decode().split('\\r\\n')[-1]
attempt('allowed', lambda: socks('api.example.com',443))
attempt('other', lambda: socks('evil.example.net',443))`)
  expect(run.stdout).toContain('allowed REACHED')
  expect(run.stdout).toContain('other refused 2')
})

test('what is no host’s name is no request, and no text for the receipt', async () => {
  const run = await inside(`
def raw(data):
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(data); return s.recv(100)[:12]
for n in (253, 254, 9000):
  name=b'x'*n
  attempt(n, lambda: raw(b'CONNECT '+name+b':443 HTTP/1.1\\r\\n\\r\\n'))
  attempt(n, lambda: raw(b'GET http://'+name+b'/ HTTP/1.1\\r\\n\\r\\n'))
for name in (b'y'*253, b'y'*254, b'example.net:80 and words'.replace(b' ',b'-')):
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(b'\\x05\\x01\\x00'); s.recv(2)
  s.sendall(b'\\x05\\x01\\x00\\x03'+bytes([len(name)])+name+b'\\x01\\xbb')
  print(s.recv(10)[1:2])`)
  const none = "b''"
  expect(run.stdout.split('\n').slice(0, -1)).toEqual([
    ...["253 b'HTTP/1.1 403'", "253 b'HTTP/1.1 403'"],
    ...[`254 ${none}`, `254 ${none}`, `9000 ${none}`, `9000 ${none}`],
    ...["b'\\x02'", none, none],
  ])
  expect(run.receipt.refused.map(({ what }) => what)).toEqual([
    `${'x'.repeat(253)}:443`,
    `${'x'.repeat(253)}:80`,
    `${'y'.repeat(253)}:443`,
  ])
})

test('going around the proxy leads nowhere, and is seen', async () => {
  const run = await inside(`
attempt('tcp', lambda: socket.create_connection(('93.184.216.34',443),3))
attempt('host', lambda: socket.create_connection(('127.0.0.1',${1}),3))
attempt('dns', lambda: socket.getaddrinfo('evil.example.net',443))
attempt('udp', lambda: socket.socket(socket.AF_INET,socket.SOCK_DGRAM).sendto(b'x',('8.8.8.8',53)))
attempt('raw', lambda: socket.socket(socket.AF_INET,socket.SOCK_RAW,1))
attempt('netlink', lambda: socket.socket(socket.AF_NETLINK,socket.SOCK_RAW,0))`)
  expect(run.stdout.match(/failed/g)).toHaveLength(6)
  expect(run.receipt.refused.map(({ what }) => what)).toContain('93.184.216.34:443')
})

test('requests and bytes are held to the budget', async () => {
  const many = await inside(`for i in range(4): attempt(i, lambda: get('https://api.example.com/'))`, {
    maxRequests: 2,
  })
  expect(many.stdout.match(/REACHED/g)).toHaveLength(2)
  const large = await inside(`attempt('post', lambda: get('https://api.example.com/', b'x'*400_000))`, {
    maxBytesOut: 100_000,
  })
  expect(large.stdout).not.toContain('REACHED')
  expect(large.receipt.refused).toContainEqual(
    expect.objectContaining({ why: 'It has sent as much as it may today.' }),
  )
})

test('a key leaves encrypted, or where its manifest names that very port', async () => {
  const key = 'sk-3f9c/7d+1e=tail'
  const body = `attempt('plain', lambda: get('http://api.example.com/?k=' + ${JSON.stringify(encodeURIComponent(key))}))
attempt('body', lambda: get('http://api.example.com/', (b'x' * 70000) + ${JSON.stringify(key)}.encode()))
attempt('direct', lambda: http.client.HTTPConnection('api.example.com').request('POST', '/', base64.b64encode(b'..' + ${JSON.stringify(key)}.encode() + b'..')) or 'sent')
def open_tunnel():
  s=socket.create_connection(('127.0.0.1',3128)); s.settimeout(5)
  s.sendall(b'CONNECT api.example.com:80 HTTP/1.1\\r\\n\\r\\n'); s.recv(4096)
  s.sendall(b'GET /?k=' + ${JSON.stringify(key)}.encode() + b' HTTP/1.0\\r\\n\\r\\n'); return s.recv(4096).decode().split('\\r\\n')[-1] or 'cut'
attempt('tunnel', open_tunnel)
attempt('secure', lambda: get('https://api.example.com/?k=' + ${JSON.stringify(encodeURIComponent(key))}))`
  const steal = `import base64\n${body}`
  seen.length = 0
  // Without the guard it arrives, in the open.
  expect((await inside(steal)).stdout).toMatch(/plain REACHED\nbody REACHED[^]*tunnel REACHED/)
  expect(seen.filter(({ body: text }) => text.includes(key))).toHaveLength(1)

  const held = (hosts: string[]) => ({ keys: { EXAMPLE_API_KEY: { value: key, hosts } } })
  seen.length = 0
  const run = await inside(steal, held(['api.example.com']))
  expect(run.stdout).toMatch(/plain failed.*\nbody failed[^]*tunnel (cut|failed)/)
  expect(run.stdout).toContain('secure REACHED')
  expect(JSON.stringify(seen)).not.toContain(key)
  expect(seen.filter(({ body: text }) => text.includes('..'))).toEqual([])
  expect(run.receipt.refused).toContainEqual({
    kind: 'connect',
    what: 'api.example.com:80',
    why: 'It tried to send EXAMPLE_API_KEY there without encryption.',
    times: 4,
  })
  expect((await inside(steal, held(['api.example.com:80']))).stdout).toMatch(/plain REACHED\nbody REACHED/)
})

test('an approved host has an address of its own, which leads nowhere else', async () => {
  const run = await inside(`
attempt('names', lambda: [socket.gethostbyname(name) for name in ('api.example.com', 'localhost')])
def direct(address, port, sni):
  s=socket.create_connection((address, port), 5)
  if sni: s=context.wrap_socket(s, server_hostname=sni)
  s.sendall(b'GET / HTTP/1.1\\r\\nHost: evil.example.net\\r\\n\\r\\n'); s.shutdown(socket.SHUT_WR) if not sni else None
  return s.recv(4096).decode().split('\\r\\n')[-1] or 'cut'
attempt('tls', lambda: direct('api.example.com', 443, 'api.example.com'))
attempt('http', lambda: direct('api.example.com', 80, None))
attempt('sni', lambda: direct('api.example.com', 443, 'evil.example.net'))
attempt('unencrypted', lambda: direct('api.example.com', 443, None))
attempt('neighbour', lambda: direct('127.77.0.2', 443, 'api.example.com'))
attempt('port', lambda: direct('api.example.com', 8443, 'api.example.com'))
attempt('self', lambda: direct('127.0.0.1', 443, 'api.example.com'))`)
  const lines = Object.fromEntries(
    run.stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]),
  )
  expect(lines).toMatchObject({ names: "['127.77.0.1', '127.0.0.1']", tls: 'REACHED', http: 'REACHED' })
  for (const name of ['sni', 'unencrypted', 'neighbour', 'port', 'self'])
    expect(lines[name], name).toMatch(/^(failed|cut)/)
  // Plain HTTP carries the approved name, whatever the skill wrote.
  expect(seen.at(-1)?.host).toBe('api.example.com')
  expect(run.receipt.contacted).toEqual(['api.example.com:443', 'api.example.com:80'])
})
