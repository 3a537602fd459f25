import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'vitest'
import { serveEgress, type Dialer, type EgressLog, type EgressRules } from '../src/engine/sandbox/egress.ts'
import { createRelay, relayBeside, type Relay } from '../src/engine/sandbox/relay.ts'
import { launcher, real, runInside } from '../test/support/sandbox.ts'

// What the way out of the sandbox costs: one large transfer, many small requests, many connections. In turn: straight to
// the server, through our proxy without a sandbox, from inside the sandbox, and through the relay that sandboxes
// otherwise use (socat to a Unix socket). The client measures itself, so no process start counts. Medians.
// Bars: ≥ 80 % of straight throughput; ≤ 1 ms added to a small request; connections ≥ 0.9 × without a sandbox and ≥ 2 ×
// through the relay. Needs `npm run build` (the launcher), bubblewrap, python3 and socat, and an ordinary user, since no
// skill runs as root: npx vitest run --project bench bench/proxy.bench.ts
// (from root: sudo -H -u NAME npx …)

const rounds = Number(process.env['R'] ?? 9)
const bulkBytes = 256 * 1024 * 1024
const smallRequests = 300
const connections = 300

/** argv: address and port to connect to, 'direct' or 'proxy'. Prints seconds of the transfer, a request, a connection. */
const client = `
import json, socket, sys, time
host, port, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
def connect(target):
  s = socket.create_connection((host, port))
  s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
  if how == 'proxy':
    s.sendall(b'CONNECT bench.example.com:%d HTTP/1.1\\r\\n\\r\\n' % target)
    head = b''
    while not head.endswith(b'\\r\\n\\r\\n'): head += s.recv(1)
    assert b' 200 ' in head, head
  return s
def bulk():
  s = connect(${7777}); s.sendall(b'b'); buffer = bytearray(1 << 20); left = ${bulkBytes}; started = time.perf_counter()
  while left > 0:
    n = s.recv_into(buffer)
    assert n > 0
    left -= n
  return time.perf_counter() - started
def small():
  s = connect(${7777}); times = []
  for _ in range(${smallRequests}):
    started = time.perf_counter(); s.sendall(b's')
    assert s.recv(64)
    times.append(time.perf_counter() - started)
  return sorted(times)[len(times) // 2]
def many():
  started = time.perf_counter()
  for _ in range(${connections}):
    s = connect(${7777}); s.sendall(b's')
    assert s.recv(64)
    s.close()
  return (time.perf_counter() - started) / ${connections}
print(json.dumps({'bulk': bulk(), 'small': small(), 'many': many()}))
`

const serverCode = `
const chunk = Buffer.alloc(1 << 20)
require('node:net').createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    if (data[0] !== 98) return void socket.write('ok')
    let left = ${bulkBytes}
    const more = () => { while (left > 0) { left -= chunk.length; if (!socket.write(chunk)) return void socket.once('drain', more) } }
    more()
  })
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

type Figures = { bulk: number; small: number; many: number }

test('the way out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-proxy-'))
  const server = spawn(process.execPath, ['-e', serverCode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(await new Promise((done) => server.stdout!.once('data', done)))
  const dialer: Dialer = {
    resolve: async () => ['127.0.0.1'],
    isAllowedAddress: () => true,
    route: (host) => ({ host, port }),
  }
  const rules: EgressRules = { hosts: ['bench.example.com:7777'], maxRequests: 1e9, maxBytesOut: 1e12 }
  const relay = createRelay(relayBeside(launcher))
  const [plain, relayed] = await Promise.all([
    listen(rules, dialer, relay, 0),
    listen(rules, dialer, relay, join(folder, 's')),
  ])
  const python = await real('python3')
  const run = async (program: string, args: string[]): Promise<Figures> =>
    JSON.parse((await promisify(execFile)(program, args)).stdout)
  const inside = async (words: string[]): Promise<Figures> => {
    const { stdout } = await runInside(['-c', client, ...words], {
      ...rules,
      hosts: [...rules.hosts],
      dialer,
      limits: { timeoutMs: 120_000 },
    })
    return JSON.parse(stdout)
  }
  const ways: Record<string, () => Promise<Figures>> = {
    'straight to the server': () => run(python, ['-c', client, '127.0.0.1', String(port), 'direct']),
    'our proxy, no sandbox': () =>
      run(python, ['-c', client, '127.0.0.1', String((plain.address() as AddressInfo).port), 'proxy']),
    'our proxy, from inside': () => inside(['127.0.0.1', '3128', 'proxy']),
    'straight, from inside': () => inside(['bench.example.com', '7777', 'direct']),
    'our proxy, through a socat relay': async () => {
      const script = `socat TCP-LISTEN:3128,bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:${join(folder, 's')} & sleep 0.3; "$@"; kill $!`
      const bubblewrap = ['--unshare-net', '--unshare-pid', '--dev-bind', '/', '/', '--proc', '/proc']
      const words = ['sh', '-c', script, 'sh', python, '-c', client, '127.0.0.1', '3128', 'proxy']
      return run(await real('bwrap'), [...bubblewrap, ...words])
    },
  }
  const seen: Record<string, Figures[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) {
      const figures = await way()
      if (round >= 0) seen[name]!.push(figures)
    }
  const middle = (name: string, of: keyof Figures) =>
    seen[name]!.map((figures) => figures[of]).toSorted((a, b) => a - b)[rounds >> 1]!
  const [base] = Object.keys(ways)
  console.table(
    Object.keys(ways).map((name) => ({
      way: name,
      'MB/s': Math.round(bulkBytes / 1e6 / middle(name, 'bulk')),
      'of straight': (middle(base!, 'bulk') / middle(name, 'bulk')).toFixed(2),
      'small request, ms': (middle(name, 'small') * 1000).toFixed(3),
      'added, ms': ((middle(name, 'small') - middle(base!, 'small')) * 1000).toFixed(3),
      'connections a second': Math.round(1 / middle(name, 'many')),
      'of ours without a sandbox': (middle('our proxy, no sandbox', 'many') / middle(name, 'many')).toFixed(
        2,
      ),
    })),
  )
  server.kill()
  plain.close()
  relayed.close()
  await relay.close()
  rmSync(folder, { recursive: true, force: true })
})

function listen(rules: EgressRules, dialer: Dialer, relay: Relay, where: number | string): Promise<Server> {
  const log: EgressLog = { contacted: new Set(), requests: 0, bytesIn: 0, bytesOut: 0, onRefused: () => {} }
  const server = createServer()
  serveEgress(server, rules, log, dialer, relay)
  return new Promise((done) =>
    typeof where === 'string'
      ? server.listen(where, () => done(server))
      : server.listen(where, '127.0.0.1', () => done(server)),
  )
}
