import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Context } from 'hono'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addressOf } from '../../src/registry/http/address.ts'
import { assertMayScrape } from '../../src/registry/http/metrics.ts'
import { openPool } from '../../src/registry/db/database.ts'
import { packFolder } from '../../src/engine/package/pack.ts'
import { createRateLimits } from '../../src/registry/http/rate-limits.ts'
import { startRegistry } from '../../src/registry/start.ts'
import { call, fromConsole, signInByLink } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// The edges of the server: real sockets, a real certificate.

let test: TestRegistry
/** Behind a proxy, with hardly any patience. */
let strict: TestRegistry
const metricsToken = 'whoever has this may scrape'
beforeAll(async () => {
  test = await startTestRegistry({ listening: { headersMs: 1_000 } })
  strict = await startTestRegistry({ metricsToken, behindProxy: true, rateLimitFactor: 0.01 })
})
afterAll(async () => {
  await test?.remove()
  await strict?.remove()
})
/** What the server knows of a connection. */
const noPeer = { incoming: { socket: { remoteAddress: '192.0.2.1', remotePort: 1, remoteFamily: 'IPv4' } } }

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
      for (const rule of [
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
      ])
        expect(headers.get('content-security-policy')).toContain(rule)
      expect(headers.get('permissions-policy')).toContain('camera=()')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      // Nothing is said about encryption by a server that has none, and no other page may read.
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    const console = (await fetch(`${test.registry.url}/console/`)).headers.get('content-security-policy')
    expect(console?.split('; ')).toEqual([
      "default-src 'none'",
      ...['script', 'style', 'font', 'img', 'connect'].map((what) => `${what}-src 'self'`),
      ...['base-uri', 'form-action', 'frame-ancestors'].map((what) => `${what} 'none'`),
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
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

  it('are for no other computer', () => {
    const asked = (headers: Record<string, string>) =>
      ({ req: { header: (name: string) => headers[name] } }) as Context
    expect(() => assertMayScrape(asked({}), null, '127.0.0.1')).not.toThrow()
    for (const address of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1', 'unknown'])
      expect(() => assertMayScrape(asked({}), null, address)).toThrow(
        expect.objectContaining({ code: 'NOT_FOUND' }),
      )
  })

  it('are for the holder of the token where there is one', async () => {
    const scrape = (headers: Record<string, string>) => fetch(`${strict.registry.url}/metrics`, { headers })
    expect((await scrape({})).status).toBe(404)
    expect((await scrape({ authorization: 'Bearer guess' })).status).toBe(404)
    expect((await scrape({ authorization: `Bearer ${metricsToken}` })).status).toBe(200)
  })

  it.each(['', 'guessed'])('are not to be had for no secret, nor are payments: %j', async (secret) => {
    const dataDir = join(tmpdir(), 'never-made')
    for (const option of ['metricsToken', 'paymentSecret'])
      await expect(
        startRegistry({ dataDir, demo: false, pack: packFolder, [option]: secret }),
      ).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('whoever asks too often', () => {
  /** Asks until the limit is reached; `times` is what is allowed. */
  async function exhaust(times: number, ask: () => Promise<{ status: number }>): Promise<void> {
    for (let time = 0; time < times; time++) expect((await ask()).status).not.toBe(429)
    expect((await ask()).status).toBe(429)
  }
  const at = (method: string, path: string, who: Record<string, string> = {}, body: unknown = {}) =>
    call(strict.registry.url, method, path, who, method === 'GET' ? undefined : body)

  it('is refused by address where anybody may ask, and a proxy says whose it is', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': `198.51.100.7, ${address}` })
    await exhaust(1, () => at('POST', '/api/reports', from('203.0.113.1')))
    await exhaust(2, () => at('POST', '/api/telemetry', from('203.0.113.1')))
    await exhaust(1, () => at('POST', '/auth/link', from('203.0.113.1'), { word: 'x' }))
    await exhaust(12, () => at('POST', '/auth/token', from('203.0.113.1')))
    expect((await at('POST', '/auth/sign-out', from('203.0.113.1'))).status).toBe(429)
    for (const path of ['/auth/github', '/auth/github/callback'])
      expect([path, (await at('GET', path, from('203.0.113.1'))).status]).toEqual([path, 429])
    // Somebody else is not held off, whatever the first one wrote in front.
    expect((await at('POST', '/api/reports', from('203.0.113.2'))).status).toBe(400)
    // Without a proxy, nobody is believed to be somebody else.
    const claim = { 'x-forwarded-for': '203.0.113.3' }
    const asked = async () =>
      addressOf({ req: { header: (name: string) => claim[name as never] }, env: noPeer } as never, false)
    expect(await asked()).toBe('192.0.2.1')
  })

  it('is refused by key or by person, in whatever makes something', async () => {
    const { key } = await strict.mint({ account: 'busy', scopes: ['write:publish', 'read:bundles'] })
    const who = { 'x-api-key': key }
    await exhaust(3, () => at('POST', '/api/submissions', who))
    await exhaust(2, () => at('POST', '/api/samples', who))
    await exhaust(12, () => at('GET', '/api/bundles', who))
    const calm = await strict.mint({ account: 'calm', scopes: ['read:bundles'] })
    expect((await at('GET', '/api/bundles', { 'x-api-key': calm.key })).status).toBe(200)
    const person = await signInByLink(strict.registry.url, strict.adminKey, 'busy-one', 'reviewer')
    await exhaust(1, () => at('POST', '/api/accounts', person))
    const thing = '00000000-0000-4000-8000-000000000000'
    for (const path of [
      '/api/account/keys',
      `/api/bundles/${thing}/tokens`,
      `/api/fleets/${thing}/keys`,
      `/api/submissions/${thing}/rescan`,
      `/api/submissions/${thing}/appeal`,
      `/api/submissions/${thing}/trial`,
      '/api/webhooks',
      `/api/webhooks/${thing}/test`,
      `/api/webhooks/${thing}/deliveries/${thing}/again`,
    ])
      expect([path, (await at('POST', path, person)).status]).toEqual([path, 429])
  })
})

describe('limits', () => {
  it('count for each key or address alone, and where it matters for all servers together', async () => {
    const { database, pool } = openPool(test.registry.databaseUrl, () => {})
    try {
      // Two servers on one database, at a hundredth of what is allowed otherwise.
      const [one, other] = [createRateLimits(pool, 0.01), createRateLimits(pool, 0.01)]
      for (let times = 0; times < 3; times++) await one.take('upload', 'key-a')
      for (const server of [one, other])
        await expect(server.take('upload', 'key-a')).rejects.toMatchObject({
          code: 'RATE_LIMITED',
          retryAfter: expect.toSatisfy((seconds: number) => seconds > 3000 && seconds <= 3600),
        })
      await other.take('upload', 'key-b')
      for (let times = 0; times < 12; times++) await one.take('call', 'key-a')
      await expect(one.take('call', 'key-a')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
      await other.take('call', 'key-a')
    } finally {
      await database.destroy()
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
      const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
        new Promise<{ headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
          const options = { hostname, port: at, path, method, headers, rejectUnauthorized: false }
          httpsRequest(options, (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (part: string) => (text += part))
            response.on('end', () => resolve({ headers: response.headers, text }))
          })
            .on('error', reject)
            .end(body === undefined ? undefined : JSON.stringify(body))
        })
      const { headers } = await ask('GET', '/status')
      expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
      // Whoever signs in gets a cookie for this very host, which a browser sends over encryption alone.
      const json = { 'content-type': 'application/json' }
      const asAdmin = { ...json, 'x-api-key': encrypted.adminKey }
      const invited = await ask('POST', '/api/people', asAdmin, { login: 'ada', role: null })
      const word = (JSON.parse(invited.text) as { link: string }).link.split('/').at(-1)
      const fromPage = { ...json, ...fromConsole(encrypted.registry.url) }
      const [cookie] = (await ask('POST', '/auth/link', fromPage, { word })).headers['set-cookie'] ?? []
      expect(cookie).toMatch(
        /^__Host-skillet=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      )
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
      // This computer's own OpenSSL would refuse it too, unless it is told to allow everything.
      const outdated = () =>
        new Promise((resolve, reject) =>
          connectTls(
            {
              host: hostname,
              port: Number(at),
              rejectUnauthorized: false,
              maxVersion: 'TLSv1.1',
              minVersion: 'TLSv1',
              ciphers: 'ALL:@SECLEVEL=0',
            },
            () => resolve('connected'),
          ).on('error', reject),
        )
      await expect(outdated()).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
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
      await expect(outdated()).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
      expect(encrypted.log.join('\n')).toContain('tls.certificate_replaced')
    } finally {
      await encrypted.remove()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
