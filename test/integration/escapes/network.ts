import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { Dialer } from '../../../src/engine/sandbox/egress.ts'
import { systemDialer } from '../../../src/engine/sandbox/egress.ts'
import type { Attempt, Family, Prepared, StagedAttempt, Within } from './attempt.ts'

/** An address of this computer on its network, or loopback where it has none. */
const ownAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1'

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done))
  return (server.address() as AddressInfo).port
}

async function prepare(): Promise<Prepared> {
  const says = () => createServer((socket) => socket.on('error', () => {}).end('REACHED'))
  const servers = [says(), says(), says()] as const
  const [port, port6, ownPort] = await Promise.all([
    listen(servers[0], '127.0.0.1'),
    listen(servers[1], '::1'),
    listen(servers[2], ownAddress),
  ])
  const datagrams = createSocket('udp4', (_data, { port: from, address }) =>
    datagrams.send('REACHED', from, address),
  )
  await new Promise<void>((done) => datagrams.bind(0, '127.0.0.1', done))
  return {
    values: () => ({
      PORT: port,
      PORT6: port6,
      OWN_ADDRESS: ownAddress,
      OWN_PORT: ownPort,
      DATAGRAM_PORT: datagrams.address().port,
    }),
    options: () => ({}),
    cleanUp: () => {
      for (const server of servers) server.close()
      datagrams.close()
    },
  }
}

const noWay = /Connection refused|Network is unreachable|Cannot assign requested address|timed out/
const forbidden = /Operation not permitted/

const direct: Attempt[] = [
  {
    intent: 'reaches a server on this computer',
    script: `print(socket.create_connection(('127.0.0.1', PORT), 2).recv(20).decode())`,
    meets: noWay,
    refused: { kind: 'connect', what: /^127\.0\.0\.1:/ },
  },
  {
    intent: 'reaches a server on this computer by IPv6',
    script: `print(socket.create_connection(('::1', PORT6), 2).recv(20).decode())`,
    meets: noWay,
    refused: { kind: 'connect', what: /^\[::1\]:/ },
  },
  {
    intent: 'reaches this computer by its address on the network',
    script: `print(socket.create_connection((OWN_ADDRESS, OWN_PORT), 2).recv(20).decode())`,
    meets: noWay,
    refused: { kind: 'connect', what: new RegExp(`^${ownAddress}:`) },
  },
  {
    intent: 'sends with the first packet, without connecting first',
    script: `
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 2, 0))
s.sendto(b'x', socket.MSG_FASTOPEN, (OWN_ADDRESS, OWN_PORT))
print(s.recv(20).decode())`,
    meets: noWay,
  },
  {
    intent: 'sends a datagram to a server on this computer',
    script: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(1)
s.sendto(b'x', ('127.0.0.1', DATAGRAM_PORT)); print(s.recv(20).decode())`,
    meets: /timed out|Connection refused/,
  },
  {
    intent: 'calls out to everybody on the local network',
    script: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b'x', ('224.0.0.251', 5353)); reached()`,
    meets: noWay,
  },
  {
    intent: 'calls out to everybody on the local network by broadcast',
    script: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.sendto(b'x', ('255.255.255.255', 9)); reached()`,
    meets: noWay,
  },
  {
    intent: 'asks the kernel for the network cards and routes',
    script: `socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); reached()`,
    meets: forbidden,
  },
  {
    intent: 'talks to the machine that this one runs on',
    script: `socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); reached()`,
    meets: forbidden,
  },
  {
    intent: 'reads and forges packets in a network of its own making',
    script: `
try: do('unshare', NEWUSER | NEWNET)
except OSError as error: print(error)
socket.socket(socket.AF_PACKET, socket.SOCK_RAW); reached()`,
    meets: forbidden,
  },
  {
    intent: "sees this computer's network cards",
    script: `
names = [name for _number, name in socket.if_nameindex() if name != 'lo']
reached(names[0])`,
    meets: /Operation not permitted|list index out of range/,
  },
  {
    intent: "sees this computer's connections",
    script: `
if f':{PORT:04X} ' in open('/proc/net/tcp').read(): reached()
print('looked')`,
    meets: /looked/,
  },
]

/** Sites that the proxy would reach if it were allowed to: all of them are this computer. */
const site = createHttpServer((request, response) => response.end(`REACHED ${request.headers.host}`))
const named: string[] = []
const bent: Dialer = {
  resolve: (host) => {
    named.push(host)
    return Promise.resolve(['127.0.0.1'])
  },
  isAllowedAddress: () => true,
  route: () => ({ host: '127.0.0.1', port: (site.address() as AddressInfo).port }),
}

const throughProxy = `
def proxied(line, *more):
  s = socket.create_connection(('127.0.0.1', 3128), 2); s.settimeout(2)
  s.sendall(line.encode())
  said = s.recv(4096).decode()
  if ' 200 ' in said.split('\\r\\n')[0] and line.startswith('CONNECT'):
    s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); said = s.recv(4096).decode()
  print(said)
`

/**
 * Through the proxy. Where nothing holds a skill there is none, so that the attempt is first made with the very thing
 * approved: what refuses it inside is then the missing approval, and nothing else.
 */
function proxied(
  intent: string,
  body: string,
  { approvedThen, approved, meets = /403/, dialer = bent }: ProxyOptions,
): StagedAttempt {
  const stage = async (within: Within) => {
    if (!site.listening) await listen(site, '127.0.0.1')
    const hosts = within.isInside ? approved : approvedThen
    const script = throughProxy + body
    named.length = 0
    const came = within.isInside
      ? await within.run(script, { hosts, dialer })
      : await within.sandboxed(script, { hosts, dialer: bent })
    site.unref()
    const told = came.receipt?.refused.some(({ kind }) => kind === 'connect') === true
    return `${came.text} asked for: ${named.join(' ')}; ${told ? 'the receipt tells' : 'the receipt is silent'}`
  }
  return { intent, stage, meets: new RegExp(`${meets.source}[^]*the receipt tells`) }
}

interface ProxyOptions {
  /** What is approved where it succeeds. */
  approvedThen: string[]
  /** What is approved where it must not. */
  approved: string[]
  meets?: RegExp
  dialer?: Dialer
}

const get = (url: string, host = 'x') => `proxied('GET ${url} HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n')`
const tunnel = (target: string) => `proxied('CONNECT ${target} HTTP/1.1\\r\\n\\r\\n')`

const out: StagedAttempt[] = [
  proxied('reaches a site that nobody approved', get('http://evil.example.net/'), {
    approvedThen: ['evil.example.net'],
    approved: ['api.example.com'],
  }),
  proxied('reaches a site when none was approved', get('http://api.example.com/'), {
    approvedThen: ['api.example.com'],
    approved: [],
  }),
  proxied('reaches an approved site on another port', tunnel('api.example.com:8443'), {
    approvedThen: ['api.example.com:8443'],
    approved: ['api.example.com'],
  }),
  proxied('reaches an approved site on the port of mail', tunnel('api.example.com:25'), {
    approvedThen: ['api.example.com:25'],
    approved: ['api.example.com'],
  }),
  proxied('reaches a part of an approved site', get('http://evil.api.example.com/'), {
    approvedThen: ['evil.api.example.com'],
    approved: ['api.example.com'],
  }),
  proxied('reaches a site whose name begins like an approved one', get('http://api.example.com.evil.net/'), {
    approvedThen: ['api.example.com.evil.net'],
    approved: ['api.example.com'],
  }),
  proxied('reaches an approved site that leads into the local network', get('http://api.example.com/'), {
    approvedThen: ['api.example.com'],
    approved: ['api.example.com'],
    meets: /502/,
    dialer: { ...bent, isAllowedAddress: systemDialer.isAllowedAddress },
  }),
  proxied(
    'reaches an approved site that leads to where clouds keep their keys',
    get('http://api.example.com/'),
    {
      approvedThen: ['api.example.com'],
      approved: ['api.example.com'],
      meets: /502/,
      dialer: {
        ...bent,
        resolve: () => Promise.resolve(['169.254.169.254']),
        isAllowedAddress: systemDialer.isAllowedAddress,
      },
    },
  ),
]

/** Two programs that want to find each other; inside they are two runs at once. */
const between: StagedAttempt[] = [
  {
    intent: 'is called from this computer',
    meets: /BEGAN[^]*nobody answered/,
    stage: async (within) => {
      const port = 20_000 + Math.floor(Math.random() * 10_000)
      const running = within.run(
        `
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('0.0.0.0', ${port})); s.listen(); s.settimeout(0.7); s.accept()[0].sendall(b'REACHED')`,
      )
      let answered = ''
      for (let round = 0; round < 12 && answered === ''; round++) {
        await new Promise((done) => setTimeout(done, 50))
        answered = await new Promise<string>((done) => {
          const socket = connect({ host: '127.0.0.1', port })
          let text = ''
          socket.on('data', (data) => (text += data.toString())).on('error', () => {})
          socket.on('close', () => done(text))
        })
      }
      return `${(await running).text} ${answered === '' ? 'nobody answered' : answered}`
    },
  },
  {
    intent: 'speaks with another run',
    meets: /BEGAN[^]*(refused|unreachable)/,
    stage: async (within) => {
      const port = 20_000 + Math.floor(Math.random() * 10_000)
      const [, caller] = await Promise.all([
        within.run(`
s = socket.socket(); s.bind(('127.0.0.1', ${port})); s.listen(); s.settimeout(0.7); s.accept()[0].sendall(b'REACHED')`),
        within.run(`
for turn in range(20):
  try: print(socket.create_connection(('127.0.0.1', ${port}), 1).recv(20).decode()); break
  except OSError as error: print(error); time.sleep(0.02)`),
      ])
      return caller.text
    },
  },
]

export const network: Family = { name: 'network', attempts: [...direct, ...out, ...between], prepare }
