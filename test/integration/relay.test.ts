import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  serveEgress,
  type Dialer,
  type EgressLog,
  type EgressRules,
} from '../../src/engine/sandbox/egress.ts'
import { createRelay } from '../../src/engine/sandbox/relay.ts'
import { runInside } from '../support/sandbox.ts'

// Large answers through the native relay, in real sandboxes, from a server on this computer.

const MIB = 1024 * 1024
const large = 12 * MIB

/**
 * The last byte of what it first hears asks: `g` for a large answer and its end, `k` for one that stays open, `r` for one
 * that ends with a reset, `m` for 1 MiB, `s` for 100,000 bytes, `e` for one without end, `d` for
 * one that goes on in small pieces.
 */
let heardLast = ''
let open = 0
const answering = (socket: Socket) => {
  let asked = ''
  open++
  socket.on('close', () => open--)
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    heardLast = data.toString('latin1').slice(-20)
    if (asked !== '') return
    asked = data.toString('latin1').slice(-1)
    if (asked === 'e') return pour(socket)
    if (asked === 'd') return drip(socket)
    socket.write(Buffer.alloc({ s: 100_000, m: MIB }[asked] ?? large, 7), () => {
      if (asked === 'r') socket.resetAndDestroy()
      else if (asked !== 'k') socket.end()
    })
  })
  socket.on('end', () => socket.end())
}
function pour(socket: Socket) {
  if (!socket.destroyed) socket.write(Buffer.alloc(MIB, 7), () => setImmediate(pour, socket))
}
function drip(socket: Socket) {
  socket.setNoDelay(true)
  socket.write(Buffer.alloc(MIB, 7))
  const timer = setInterval(() => {
    for (let i = 0; i < 20; i++) socket.write(Buffer.alloc(100, 7))
  }, 1)
  socket.on('close', () => clearInterval(timer))
}
const server = createServer({ allowHalfOpen: true }, answering)
/** Speaks first, and without end. */
const pushing = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.resume()
  pour(socket)
})
beforeAll(() =>
  Promise.all([server, pushing].map((one) => new Promise<void>((done) => one.listen(0, '127.0.0.1', done)))),
)
afterAll(() => {
  server.close()
  pushing.close()
})
const dialer: Dialer = {
  resolve: async () => ['127.0.0.1'],
  isAllowedAddress: () => true,
  route: (host, port) => ({
    host,
    port: ((port === 443 ? pushing : server).address() as AddressInfo).port,
  }),
}
const python = (body: string) => [
  '-c',
  `import socket, time, threading
def ask(word, target='api.example.com:7000'):
  s = socket.create_connection(('127.0.0.1', 3128)); s.settimeout(15)
  s.sendall(f'CONNECT {target} HTTP/1.1\\r\\n\\r\\n'.encode())
  head = b''
  while not head.endswith(b'\\r\\n\\r\\n'): head += s.recv(1)
  s.sendall(word)
  return s
def read(s, most=1 << 40):
  got = 0; bad = 0
  while got < most:
    try: data = s.recv(min(1 << 20, most - got))
    except OSError as error: return got, type(error).__name__
    if not data: break
    got += len(data); bad += data.count(0)
  return got, bad
${body}`,
]
const inside = (body: string, options: Parameters<typeof runInside>[1] = {}) =>
  runInside(python(body), { hosts: ['api.example.com:7000'], dialer, ...options })

/** This process's relays that are running, or wait to be reaped. */
function relays(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('skillet-relay'))
    .map(Number)
}
function isFolderReadable(path: string): boolean {
  try {
    readdirSync(path)
    return true
  } catch {
    return false
  }
}

/** The relays that were seen while `work` went on. */
async function relaysDuring<T>(work: () => Promise<T>): Promise<{ result: T; seen: number[] }> {
  const seen = new Set<number>()
  const watch = setInterval(() => relays().forEach((pid) => seen.add(pid)), 5)
  const result = await work().finally(() => clearInterval(watch))
  return { result, seen: [...seen] }
}
afterEach(async () => {
  expect(relays()).toEqual([])
  await expect.poll(() => open).toBe(0)
})

test('a large answer arrives whole through one relay and is counted to the byte', async () => {
  const { result, seen } = await relaysDuring(() =>
    inside(`s = ask(b'g'); print(read(s))\ns = ask(b'k'); print(read(s, ${large}))`),
  )
  expect(result.stdout).toBe(`(${large}, 0)\n`.repeat(2))
  expect(seen).toHaveLength(1)
  expect(result.receipt).toMatchObject({ bytesIn: 2 * large, bytesOut: 2, requests: 2, refused: [] })
})

test('small answers start no relay', async () => {
  const { result, seen } = await relaysDuring(() => inside(`s = ask(b's'); print(read(s))`))
  expect(result.stdout).toBe('(100000, 0)\n')
  expect(seen).toEqual([])
})

test('whoever has said all still gets the answer, and the site may end first', async () => {
  const run = await inside(`
s = ask(b'g'); s.shutdown(socket.SHUT_WR); print(read(s))
s = ask(b'g'); print(read(s)); s.sendall(b'afterwards'); s.close()
time.sleep(0.2)`)
  expect(run.stdout).toBe(`(${large}, 0)\n`.repeat(2))
  expect(heardLast).toBe('afterwards')
  expect(run.receipt).toMatchObject({ bytesIn: 2 * large, bytesOut: 12 })
})

test('a reset by the site ends the connection, and the run goes on', async () => {
  const run = await inside(`s = ask(b'r'); read(s); print('over')\ns = ask(b'm'); print(read(s))`)
  expect(run.stdout).toBe(`over\n(${MIB}, 0)\n`)
})

test('whoever sends too much while a large answer comes is cut both ways, and the receipt says why', async () => {
  const upload = `s = ask(b'e'); read(s, ${large}); s.sendall(b'x' * 150_000); got, how = read(s, ${large}); print(got < ${large})`
  expect((await inside(upload)).stdout).toBe('False\n')
  const run = await inside(
    upload.replace(`read(s, ${large}); print`, `read(s, 1 << 34); print`).replace(`got < ${large}`, '"cut"'),
    { maxBytesOut: 100_000 },
  )
  expect(run.stdout).toBe('cut\n')
  expect(run.reason).toBe('exit')
  expect(run.receipt.refused).toContainEqual(
    expect.objectContaining({ what: 'api.example.com:7000', why: 'It has sent as much as it may today.' }),
  )
  expect(run.receipt.bytesIn).toBeGreaterThan(large)
})

test('what was not judged, or asked for another site, is never handed over', async () => {
  const hello = (name: string) => `
o = ssl.MemoryBIO()
try: ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), o, server_hostname='${name}').do_handshake()
except ssl.SSLWantReadError: pass
s = ask(b'', 'api.example.com:443'); read(s, ${4 * MIB}); s.sendall(o.read()); print(read(s, ${large})[0] == ${large})`
  const attempt = (name: string) =>
    relaysDuring(() => inside(`import ssl${hello(name)}`, { hosts: ['api.example.com:443'] }))
  const right = await attempt('api.example.com')
  expect(right.result.stdout).toBe('True\n')
  expect(right.seen).toHaveLength(1)
  const hostile = await attempt('evil.example.net')
  expect(hostile.result.stdout).toBe('False\n')
  expect(hostile.seen).toEqual([])
  expect(hostile.result.receipt.refused).toContainEqual(
    expect.objectContaining({ why: 'Its encrypted connection asked for another site.' }),
  )
})

test('a relay that is killed takes its connections with it; what it had told is counted, and Node goes on alone', async () => {
  let killed: number[] = []
  let rights = ''
  let isReadable = true
  const run = await inside(
    `s = ask(b'k'); print(read(s, ${large})); time.sleep(0.5); print('kill', flush=True)
print(read(s)[0])
s = ask(b'g'); print(read(s))`,
    {
      onOutput(text) {
        if (!text.includes('kill')) return
        killed = relays()
        for (const pid of killed) {
          rights = readFileSync(`/proc/${pid}/status`, 'utf8')
          isReadable = isFolderReadable(`/proc/${pid}/fd`)
          process.kill(pid, 'SIGKILL')
        }
      },
    },
  )
  expect(killed).toHaveLength(1)
  // Nobody looks into it, not even whoever started it.
  expect(isReadable).toBe(false)
  expect(rights).toMatch(/^NoNewPrivs:\t1$[^]*^Seccomp:\t2$/m)
  expect(run.stdout).toBe(`(${large}, 0)\nkill\n0\n(${large}, 0)\n`)
  expect(run.receipt).toMatchObject({ bytesIn: 2 * large, bytesOut: 2 })
})

test('two hundred connections, fifty at once, lose nothing and leave nothing', async () => {
  const before = readdirSync('/proc/self/fd').length
  const run = await inside(
    `
right = []
def work():
  for _ in range(4): right.append(read(ask(b'm')) == (${MIB}, 0))
threads = [threading.Thread(target=work) for _ in range(50)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(right), all(right))`,
    { maxRequests: 200 },
  )
  expect(run.stdout).toBe('200 True\n')
  expect(run.receipt).toMatchObject({ bytesIn: 200 * MIB, bytesOut: 200, requests: 200 })
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
})

test('a reader that waits costs nothing, however small the pieces are that fill the pipe', async () => {
  // Nanoseconds on a processor, proc(5).
  const used = () =>
    relays().map((pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]))
  const seen: number[][] = []
  const run = await inside(
    `s = ask(b'd'); read(s, ${MIB}); print('waits', flush=True); time.sleep(3); print('done')`,
    {
      onOutput(text) {
        if (text.includes('waits'))
          for (const afterMs of [2000, 2500]) setTimeout(() => seen.push(used()), afterMs)
      },
    },
  )
  expect(run.stdout).toBe('waits\ndone\n')
  expect(seen).toEqual([[expect.any(Number)], [expect.any(Number)]])
  expect(seen[1]![0]! - seen[0]![0]!).toBeLessThan(50e6)
})

test('a run that is over ends what still comes', async () => {
  const run = await inside(`s = ask(b'e'); read(s)`, { limits: { timeoutMs: 700 } })
  expect(run.reason).toBe('time')
  expect(run.receipt.bytesIn).toBeGreaterThan(MIB)
})

test('without a relay Node moves everything', async () => {
  const server = createServer()
  const log: EgressLog = { contacted: new Set(), requests: 0, bytesIn: 0, bytesOut: 0, onRefused: () => {} }
  const rules: EgressRules = { hosts: ['api.example.com:7000'], maxRequests: 10, maxBytesOut: 100 }
  const relay = createRelay('/nonexistent/skillet-relay')
  const close = serveEgress(server, rules, log, dialer, relay)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write('CONNECT api.example.com:7000 HTTP/1.1\r\n\r\n')
  await once(client, 'data')
  client.write('g')
  const got = await buffer(client)
  expect(got).toHaveLength(large)
  expect(log.bytesIn).toBe(large)
  close()
  await relay.close()
})
