import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { call, signInByLink } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// The edges of the server: real sockets, a real certificate.

let test: TestRegistry
beforeAll(async () => {
  test = await startTestRegistry({ listening: { headersMs: 1_000 } })
})
afterAll(async () => {
  await test?.remove()
})

const port = () => Number(new URL(test.registry.url).port)
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** Everything that comes back until the server closes. */
function talk(say: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port(), '127.0.0.1', () => say(socket))
    sockets.push(socket)
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    socket.on('close', () => resolve(heard))
    socket.on('error', reject)
  })
}

describe('every answer', () => {
  it('forbids pages what no page of ours needs, and has a number', async () => {
    for (const path of ['/status', '/nowhere', '/openapi.json']) {
      const { headers } = await fetch(test.registry.url + path)
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      // Nothing is said about encryption by a server that has none, and no other page may read.
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('connections', () => {
  it('are closed when headers take too long', async () => {
    const answer = await talk((socket) => socket.write('GET /status HTTP/1.1\r\nhost: x\r\nx-slow: '))
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('are closed when headers are too large', async () => {
    const answer = await talk((socket) =>
      socket.write(`GET /status HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(20_000)}\r\n\r\n`),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.each([
    ['two lengths', 'content-length: 4\r\ncontent-length: 5\r\n'],
    ['a length and chunks', 'content-length: 4\r\ntransfer-encoding: chunked\r\n'],
    ['an encoding that hides', 'transfer-encoding: xchunked\r\n'],
    ['a bare line feed', 'x-a: b\n\r\n'],
  ])('are closed for requests with %s, which another server could read as two', async (_, headers) => {
    const answer = await talk((socket) =>
      socket.write(
        `POST /api/keys HTTP/1.1\r\nhost: x\r\n${headers}\r\n0\r\n\r\nGET /status HTTP/1.1\r\nhost: x\r\n\r\n`,
      ),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).not.toContain('skillet-registry')
  })
})

describe('metrics', () => {
  it('count requests by the route as declared, whatever is asked for', async () => {
    await fetch(`${test.registry.url}/releases/no-such-skill/1.0.0.dsse.json`)
    await fetch(`${test.registry.url}/made-up-by-somebody`)
    const text = await (await fetch(`${test.registry.url}/metrics`)).text()
    expect(text).toContain('route="/releases/:slug/:file{.+\\\\.dsse\\\\.json}",status="404"')
    expect(text).not.toContain('made-up-by-somebody')
    expect(text).toMatch(/skillet_database_connections\{state="all"\} \d/)
  })

  it('are for this computer, and not for whoever a proxy on it speaks for', async () => {
    const forwarded = await call(test.registry.url, 'GET', '/metrics', { 'x-forwarded-for': '203.0.113.9' })
    expect(forwarded.status).toBe(404)
  })

  it('are for the holder of the token where there is one', async () => {
    const other = await startTestRegistry({ metricsToken: 'scrape me' })
    try {
      const scrape = (headers: Record<string, string>) => fetch(`${other.registry.url}/metrics`, { headers })
      expect((await scrape({})).status).toBe(404)
      expect((await scrape({ authorization: 'Bearer guess' })).status).toBe(404)
      expect((await scrape({ authorization: 'Bearer scrape me' })).status).toBe(200)
    } finally {
      await other.remove()
    }
  })
})

describe('the log', () => {
  it('tells of every request, and nothing that opens anything', async () => {
    const { url } = test.registry
    const { key, client } = await test.mint({ account: 'logged', scopes: ['write:publish'] })
    await client.publish(await packSample({ slug: 'logged-skill', publisher: 'logged' }))
    const session = await signInByLink(url, test.adminKey, 'somebody', 'administrator')
    await call(url, 'GET', '/api/me', session)
    await call(url, 'GET', '/api/keys?api_key=query-secret', {
      'x-api-key': key,
      cookie: 'skillet=cookie-secret',
    })
    await call(url, 'POST', '/auth/link', {}, { word: 'body-secret' })
    await call(url, 'GET', '/auth/github/callback?code=code-secret&state=x')
    const log = test.log.join('\n')
    expect(log).toContain('"path":"/api/submissions"')
    for (const secret of [
      key.slice(10),
      test.adminKey.slice(10),
      session['authorization']!.slice(20),
      'query-secret',
      'cookie-secret',
      'body-secret',
      'code-secret',
    ])
      expect(log).not.toContain(secret)
  })
})

describe('stopping', () => {
  it('lets requests under way finish, and takes no more', async () => {
    const stopping = await startTestRegistry()
    const tarball = await packSample({ slug: 'slow-upload' })
    const { hostname, port: at } = new URL(stopping.registry.url)
    const socket = connect(Number(at), hostname)
    sockets.push(socket)
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1')))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const head = `POST /api/submissions HTTP/1.1\r\nhost: x\r\nx-api-key: ${stopping.adminKey}\r\ncontent-length: ${tarball.length}\r\nexpect: 100-continue\r\n\r\n`
    await new Promise<void>((resolve) => socket.write(head, () => resolve()))
    await expect.poll(() => heard).toContain('100 Continue')
    const stopped = stopping.remove()
    await expect
      .poll(() =>
        fetch(`${stopping.registry.url}/status`).then(
          () => 'up',
          () => 'down',
        ),
      )
      .toBe('down')
    socket.write(tarball)
    await closed
    await stopped
    expect(heard).toMatch(/HTTP\/1\.1 20[12] /)
  })
})

describe('a certificate', () => {
  it('encrypts, says so to browsers, and may be replaced while the server runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
    const cert = join(folder, 'cert.pem')
    const key = join(folder, 'key.pem')
    await copyFile('test/fixtures/tls/cert.pem', cert)
    await copyFile('test/fixtures/tls/key.pem', key)
    const encrypted = await startTestRegistry({ tls: { cert, key }, listening: { certificateMs: 50 } })
    try {
      const { hostname, port: at } = new URL(encrypted.registry.url)
      expect(encrypted.registry.url).toMatch(/^https:/)
      const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
        httpsRequest(
          { hostname, port: at, path: '/status', rejectUnauthorized: false },
          (response) => (response.resume(), resolve(response.headers)),
        )
          .on('error', reject)
          .end()
      })
      expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
      const peer = () =>
        new Promise<{ serial: string; protocol: string | null }>((resolve, reject) => {
          const socket: TLSSocket = connectTls(
            { host: hostname, port: Number(at), rejectUnauthorized: false },
            () => {
              resolve({ serial: socket.getPeerCertificate().serialNumber, protocol: socket.getProtocol() })
              socket.destroy()
            },
          ).on('error', reject)
        })
      const before = await peer()
      expect(before.protocol).toBe('TLSv1.3')
      await expect(
        new Promise((resolve, reject) =>
          connectTls(
            {
              host: hostname,
              port: Number(at),
              rejectUnauthorized: false,
              maxVersion: 'TLSv1.1',
              minVersion: 'TLSv1',
            },
            () => resolve('connected'),
          ).on('error', reject),
        ),
      ).rejects.toThrow()
      execFileSync(
        'openssl',
        [
          ...[
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:prime256v1',
            '-nodes',
            '-days',
            '2',
          ],
          ...['-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert],
        ],
        { stdio: 'ignore' },
      )
      await expect.poll(async () => (await peer()).serial).not.toBe(before.serial)
      expect(encrypted.log.join('\n')).toContain('tls.certificate_replaced')
    } finally {
      await encrypted.remove()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
