import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dialer } from '../../src/engine/sandbox/egress.ts'
import { runInside } from '../support/sandbox.ts'

// The clients that skills are written with, each as it comes: through the proxy that the environment names, or, where it
// knows none, straight to the address that an approved host has inside. Both ways, what isn't approved must say so.

const tls = (name: string) => readFileSync(`test/fixtures/tls/${name}.pem`)
const answer: RequestListener = (_request, response) => response.end('{"answer":"REACHED"}')
const secure = createServer({ key: tls('key'), cert: tls('cert') }, answer)
const plain = createHttpServer(answer)
beforeAll(() =>
  Promise.all(
    [secure, plain].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))),
  ),
)
afterAll(() => {
  secure.close()
  plain.close()
})
const dialer: Dialer = {
  resolve: async () => ['127.0.0.1'],
  isAllowedAddress: () => true,
  route: (address, port) => ({
    host: address,
    port: ((port === 80 ? plain : secure).address() as AddressInfo).port,
  }),
}

interface Client {
  name: string
  program: string
  args: (url: string) => string[]
  environment?: Record<string, string>
  /** What it says about a site that was never allowed: over HTTPS, over HTTP. */
  refusals: [RegExp, RegExp]
}

const never = /Skillet: You never allowed it; nothing was sent\./
const noSuchHost = /no such host|not resolve host|ENOTFOUND|Name or service not known/
const python = (work: string) => (url: string) => [
  '-c',
  `import ssl, urllib.request, http.client\ncontext = ssl.create_default_context(cafile='/skill/ca.pem')\nurl = ${JSON.stringify(url)}\n${work}`,
]
const node = (work: string) => (url: string) => ['-e', `const url = ${JSON.stringify(url)}; ${work}`]
const trust = { NODE_EXTRA_CA_CERTS: '/skill/ca.pem' }

const clients: Client[] = [
  {
    name: 'curl',
    program: 'curl',
    args: (url) => ['-sSv', '--cacert', '/skill/ca.pem', url],
    refusals: [never, never],
  },
  {
    name: 'curl, without a proxy',
    program: 'curl',
    args: (url) => ['-sS', '--noproxy', '*', '--cacert', '/skill/ca.pem', url],
    refusals: [noSuchHost, noSuchHost],
  },
  {
    name: 'curl, over SOCKS5',
    program: 'curl',
    args: (url) => ['-sS', '--proxy', 'socks5h://127.0.0.1:3128', '--cacert', '/skill/ca.pem', url],
    refusals: [/SOCKS5.*\(2\)/, /SOCKS5.*\(2\)/],
  },
  {
    name: 'Python, urllib',
    program: 'python3',
    args: python('print(urllib.request.urlopen(url, context=context, timeout=5).read().decode())'),
    refusals: [never, /403: Skillet: You never allowed it/],
  },
  {
    name: 'Python, http.client',
    program: 'python3',
    args: python(
      `parts = urllib.parse.urlsplit(url)
client = http.client.HTTPSConnection(parts.hostname, context=context) if parts.scheme == 'https' else http.client.HTTPConnection(parts.hostname)
client.request('GET', '/')
print(client.getresponse().read().decode())`,
    ),
    refusals: [noSuchHost, noSuchHost],
  },
  {
    name: 'Node, fetch',
    program: 'node',
    args: node('fetch(url).then((r) => r.text()).then(console.log, (e) => console.log(String(e.cause)))'),
    environment: trust,
    refusals: [new RegExp(`${noSuchHost.source}|403`), new RegExp(`${noSuchHost.source}|never allowed`)],
  },
  {
    name: 'Node, https',
    program: 'node',
    args: node(
      `require(url.split(':')[0]).get(url, (r) => r.pipe(process.stdout)).on('error', (e) => console.log(String(e)))`,
    ),
    environment: trust,
    refusals: [new RegExp(`${noSuchHost.source}|403`), new RegExp(`${noSuchHost.source}|never allowed`)],
  },
  // A small program of Go's own HTTP client. It asks for no certificates; the proxy looks at the name all the same.
  { name: 'Go', program: 'gron', args: (url) => ['-k', url], refusals: [noSuchHost, noSuchHost] },
]

describe.each(clients)('$name', ({ program, args, environment = {}, refusals }) => {
  const ask = (url: string) =>
    runInside(args(url), {
      programs: [program],
      files: { 'ca.pem': tls('cert').toString() },
      hosts: ['api.example.com'],
      environment,
      dialer,
    })

  test.each([['https'], ['http']])('reaches an approved site over %s', async (scheme) => {
    const run = await ask(`${scheme}://api.example.com/`)
    expect(run.stdout, run.stderr).toContain('REACHED')
    expect(run.receipt.contacted).toEqual([`api.example.com:${scheme === 'https' ? 443 : 80}`])
    expect(run.receipt.requests).toBe(1)
  })

  test.each([
    ['https', refusals[0]],
    ['http', refusals[1]],
  ])('says that another site is not allowed over %s', async (scheme, refusal) => {
    const run = await ask(`${scheme}://evil.example.net/`)
    expect(run.stdout + run.stderr).toMatch(refusal)
    expect(run.receipt.contacted).toEqual([])
    expect(run.receipt.refused).toContainEqual(
      expect.objectContaining({
        kind: 'connect',
        what: expect.stringMatching(/^evil\.example\.net(:\d+)?$/),
      }),
    )
  })
})
