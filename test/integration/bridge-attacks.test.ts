import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readDiscovery, writeDiscovery } from '../../src/bridge/discovery.ts'
import { isProof } from '../../src/bridge/proof.ts'
import { prepareSocketPlace } from '../../src/bridge/socket-place.ts'
import { ask, openBridge, sendRaw } from '../support/bridge.ts'
import { startNaiveBridge } from '../support/naive-bridge.ts'

// Each attack is first tried on a server as it is usually written, where it works, then on the bridge. Pages are stood in
// for by the bytes that a browser sends for them; `bridge-pages.e2e.ts` does the same with a real one.

let bridge: Awaited<ReturnType<typeof openBridge>>
let naive: Awaited<ReturnType<typeof startNaiveBridge>>
beforeAll(async () => {
  bridge = await openBridge({ limits: { headersMs: 500, bodyMs: 500, connections: 60, strangers: 20 } })
  naive = await startNaiveBridge()
})
afterAll(async () => {
  await naive.stop()
  await bridge.close()
})

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)
const answersIn = (text: string) => text.match(/HTTP\/1\.1 \d+/g) ?? []
/** A request's lines as they are sent; with the bridge's own token, so that nothing but the guard is in the way. */
const request = (first: string, headers: Record<string, string>, body = '') =>
  `${[first, ...Object.entries({ ...bridge.agent.headers, ...headers }).map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n${body}`

test('without a token there is nothing but who it is and how to ask', async () => {
  for (const [method, path] of [
    ['GET', '/v1/skills'],
    ['GET', '/v1/installed'],
    ['GET', '/v1/runs'],
    ['GET', '/v1/runs/1/events'],
    ['DELETE', '/v1/runs/1'],
    ['POST', '/v1/runs'],
    ['POST', '/v1/requests'],
    ['POST', '/mcp'],
  ] as const) {
    const headers = { 'content-type': 'application/json' }
    const answer = await ask({ port: bridge.port }, path, {
      method,
      headers,
      ...(method === 'POST' ? { body: '{}' } : {}),
    })
    expect([path, answer.status, answer.headers['www-authenticate']]).toEqual([
      path,
      401,
      'Bearer realm="skillet"',
    ])
  }
})

describe('web pages', () => {
  test('DNS rebinding: a name of somebody else’s that leads to 127.0.0.1', async () => {
    const rebound = (port: number) => request('GET /v1/skills HTTP/1.1', { host: `evil.example:${port}` })
    expect(await sendRaw(naive.port, rebound(naive.port))).toContain('count-words')
    const answer = await sendRaw(bridge.port, rebound(bridge.port))
    expect([statusOf(answer), answer.includes('count-words')]).toEqual([421, false])
    // Nor one that only looks like ours, nor ours at another port.
    for (const host of [
      `127.0.0.1.evil.example:${bridge.port}`,
      '127.0.0.1',
      `127.0.0.1:${bridge.port + 1}`,
      `localhost.:${bridge.port}`,
    ])
      expect([
        host,
        statusOf(await sendRaw(bridge.port, request('GET /v1/skills HTTP/1.1', { host }))),
      ]).toEqual([host, 421])
  })

  const json = JSON.stringify({ slug: 'count-words' })
  const page = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
  const pages: [string, (host: string) => string, RegExp][] = [
    [
      'a simple request',
      (host) =>
        request(
          'POST /v1/runs HTTP/1.1',
          { host, ...page, 'content-type': 'text/plain;charset=UTF-8', 'content-length': `${json.length}` },
          json,
        ),
      /ok/,
    ],
    [
      'a form',
      (host) =>
        request(
          'POST /v1/runs HTTP/1.1',
          {
            host,
            ...page,
            'sec-fetch-mode': 'navigate',
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': '16',
          },
          'slug=count-words',
        ),
      /ok/,
    ],
    [
      'a frame without an origin',
      (host) =>
        request(
          'POST /v1/runs HTTP/1.1',
          { host, origin: 'null', 'content-type': 'application/json', 'content-length': `${json.length}` },
          json,
        ),
      /ok/,
    ],
    [
      'an image',
      (host) =>
        request('GET /v1/run?slug=count-words HTTP/1.1', {
          host,
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'no-cors',
          'sec-fetch-dest': 'image',
        }),
      /ok/,
    ],
    [
      'a page of another port of this computer',
      (host) =>
        request('GET /v1/skills HTTP/1.1', {
          host,
          origin: 'http://127.0.0.1:8000',
          'sec-fetch-site': 'same-site',
        }),
      /count-words/,
    ],
    [
      'a question whether it may',
      (host) =>
        request('OPTIONS /v1/runs HTTP/1.1', {
          host,
          ...page,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        }),
      /access-control-allow-origin: \*/i,
    ],
    [
      'a WebSocket',
      (host) =>
        request('GET /v1/skills HTTP/1.1', {
          host,
          origin: 'https://evil.example',
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        }),
      /101 Switching/,
    ],
  ]
  test.each(pages)('%s', async (_, bytes, works) => {
    expect(await sendRaw(naive.port, bytes(`127.0.0.1:${naive.port}`))).toMatch(works)
    const answer = await sendRaw(bridge.port, bytes(`127.0.0.1:${bridge.port}`))
    expect([400, 403, 405]).toContain(statusOf(answer))
    expect(answer).not.toMatch(works)
    expect(answer).not.toMatch(/access-control|101 Switching/i)
  })

  test('what a page can send without asking is not taken for JSON, whatever says nothing of its origin', async () => {
    for (const type of [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'text/plain; application/json',
    ]) {
      const answer = await ask({ port: bridge.port }, '/v1/runs', {
        method: 'POST',
        headers: { ...bridge.agent.headers, 'content-type': type },
        body: json,
      })
      expect([type, answer.status]).toEqual([type, 415])
    }
  })
})

describe('two readers of one request', () => {
  const smuggled = (port: number) =>
    `GET /v1/skills HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${bridge.agent.headers.authorization}\r\n\r\n`
  const post = 'POST /v1/runs HTTP/1.1'
  const cases: [string, (port: number) => string][] = [
    [
      'a length and pieces',
      (port) =>
        request(
          post,
          {
            host: `127.0.0.1:${port}`,
            'content-type': 'application/json',
            'content-length': '4',
            'transfer-encoding': 'chunked',
          },
          `0\r\n\r\n${smuggled(port)}`,
        ),
    ],
    [
      'two hosts',
      (port) =>
        request(
          `GET /v1/skills HTTP/1.1\r\nhost: 127.0.0.1:${port}`,
          { Host: 'evil.example' },
          smuggled(port),
        ),
    ],
    [
      'a header over two lines',
      (port) =>
        request(
          'GET /v1/skills HTTP/1.1',
          { host: `127.0.0.1:${port}`, 'x-note': 'a\r\n transfer-encoding: chunked' },
          smuggled(port),
        ),
    ],
    [
      'a GET with a body',
      (port) =>
        request(
          'GET /v1/skills HTTP/1.1',
          { host: `127.0.0.1:${port}`, 'content-length': `${smuggled(port).length}` },
          smuggled(port),
        ),
    ],
  ]
  test.each(cases)('%s', async (_, bytes) => {
    // As some set it so that old clients work.
    const lenient = await startNaiveBridge({ options: { insecureHTTPParser: true } })
    const taken = await sendRaw(lenient.port, bytes(lenient.port))
    await lenient.stop()
    expect(answersIn(taken)[0]).toMatch(/ 20\d/)
    const refused = await sendRaw(bridge.port, bytes(bridge.port))
    expect(answersIn(refused)).toHaveLength(1)
    expect(statusOf(refused)).toBe(400)
  })

  test.each<[string, (port: number) => string]>([
    [
      'pieces under another name',
      (port) =>
        request(
          post,
          {
            host: `127.0.0.1:${port}`,
            'content-type': 'application/json',
            'content-length': '5',
            'transfer-encoding': 'xchunked',
          },
          `0\r\n\r\n${smuggled(port)}`,
        ),
    ],
    [
      'two lengths',
      (port) =>
        request(
          `${post}\r\ncontent-length: 0`,
          { host: `127.0.0.1:${port}`, 'content-type': 'application/json', 'content-length': '2' },
          `{}${smuggled(port)}`,
        ),
    ],
  ])('%s, which no parser of Node’s takes', async (_, bytes) => {
    const refused = await sendRaw(bridge.port, bytes(bridge.port))
    expect([answersIn(refused).length, statusOf(refused)]).toEqual([1, 400])
  })

  test('what names another server, or speaks another version', async () => {
    const host = `127.0.0.1:${bridge.port}`
    for (const [first, status] of [
      [`GET http://evil.example/v1/skills HTTP/1.1`, 400],
      ['GET //evil.example/v1/skills HTTP/1.1', 400],
      ['GET /v1/skills HTTP/1.0', 505],
      [`GET /v1/skills?text=${'a'.repeat(5000)} HTTP/1.1`, 414],
    ] as const)
      expect([first.slice(0, 40), statusOf(await sendRaw(bridge.port, request(first, { host })))]).toEqual([
        first.slice(0, 40),
        status,
      ])
  })
})

describe('wearing it out', () => {
  /** Whether the other end closes within 1.5 seconds, while a byte comes now and then. */
  async function isCutOff(port: number, start: string): Promise<boolean> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.write(start)
    const drip = setInterval(() => socket.write('a'), 100)
    const late = setTimeout(() => socket.destroy(new Error('late')), 1500)
    let isLate = false
    socket.on('error', (error) => (isLate ||= error.message === 'late'))
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
    clearTimeout(late)
    return !isLate
  }
  test('slow headers and slow bodies', async () => {
    const head = (port: number) => `GET /v1/skills HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-slow: `
    const body = (port: number) =>
      request('POST /v1/runs HTTP/1.1', {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        'content-length': '100000',
      })
    const tried = [head, body].flatMap((start) => [
      isCutOff(naive.port, start(naive.port)),
      isCutOff(bridge.port, start(bridge.port)),
    ])
    expect(await Promise.all(tried)).toEqual([false, true, false, true])
  })

  test('huge bodies, announced and in pieces without end', async () => {
    const headers = (port: number) => ({ host: `127.0.0.1:${port}`, 'content-type': 'application/json' })
    const piece = `${(1024 * 1024).toString(16)}\r\n${'a'.repeat(1024 * 1024)}\r\n`
    const inPieces = (port: number) =>
      request(
        'POST /v1/runs HTTP/1.1',
        { ...headers(port), 'transfer-encoding': 'chunked' },
        `${piece.repeat(4)}0\r\n\r\n`,
      )
    await sendRaw(naive.port, inPieces(naive.port))
    expect(naive.done).toContain(`ran with ${4 * 1024 * 1024} characters`)
    const answer = await sendRaw(bridge.port, inPieces(bridge.port), { keepOpen: true })
    // It may be cut off before it reads the answer, as it goes on sending.
    expect([0, 413]).toContain(statusOf(answer))
    const announced = request('POST /v1/runs HTTP/1.1', {
      ...headers(bridge.port),
      'content-length': `${10 ** 10}`,
    })
    expect(statusOf(await sendRaw(bridge.port, announced, { keepOpen: true }))).toBe(413)
  })

  test('floods of headers', async () => {
    const flood = (port: number, count: number) =>
      request(
        `GET /v1/skills HTTP/1.1${Array.from({ length: count }, (_, at) => `\r\nx-${at}: a`).join('')}`,
        { host: `127.0.0.1:${port}` },
      )
    expect(statusOf(await sendRaw(naive.port, flood(naive.port, 500)))).toBe(200)
    expect(statusOf(await sendRaw(bridge.port, flood(bridge.port, 500)))).toBe(431)
    // More than the parser keeps at all.
    expect(statusOf(await sendRaw(bridge.port, flood(bridge.port, 5000)))).toBe(400)
  })

  test('connections that only wait', async () => {
    const flood = async (port: number) => {
      const sockets = Array.from({ length: 70 }, () => connect(port, '127.0.0.1'))
      await Promise.all(
        sockets.map((socket) =>
          once(
            socket.on('error', () => {}),
            'connect',
          ),
        ),
      )
      return () => sockets.forEach((socket: Socket) => socket.destroy())
    }
    const full = await startNaiveBridge()
    full.server.maxConnections = 20
    const letGo = await flood(full.port)
    await expect(ask({ port: full.port }, '/v1/skills')).rejects.toMatchObject({ code: 'ECONNRESET' })
    letGo()
    await full.stop()
    const letGoOurs = await flood(bridge.port)
    expect((await ask({ port: bridge.port }, '/v1/skills', { headers: bridge.agent.headers })).status).toBe(
      200,
    )
    letGoOurs()
  })

  test('guessing tokens: soon there is no answer any more, and a good one counts all the same', async () => {
    const guess = (port: number) =>
      ask({ port }, '/v1/skills', {
        headers: { authorization: `Bearer sba_${randomBytes(32).toString('hex').slice(0, 43)}` },
      })
    const secret = await startNaiveBridge({ token: () => 'the-one' })
    const tries = await Promise.all(Array.from({ length: 30 }, () => guess(secret.port)))
    expect(tries.every(({ status }) => status === 401)).toBe(true)
    await secret.stop()
    const answers = Array.from({ length: 15 }, () => guess(bridge.port))
    const first = await Promise.race(answers)
    expect([first.status, Number(first.headers['retry-after']) > 0]).toEqual([429, true])
    expect((await ask({ port: bridge.port }, '/v1/skills', { headers: bridge.agent.headers })).status).toBe(
      200,
    )
    expect((await Promise.all(answers)).filter(({ status }) => status === 429)).toHaveLength(5)
  })
})

describe('what was stolen or seen', () => {
  test('a stolen discovery file lets nobody in, and proves nothing once Skillet was started again', async () => {
    const stolen = 'key-of-the-file'
    const simple = await startNaiveBridge({ token: () => stolen })
    expect(
      (await ask({ port: simple.port }, '/v1/skills', { headers: { authorization: `Bearer ${stolen}` } }))
        .status,
    ).toBe(200)
    await simple.stop()

    const other = await openBridge()
    const { key, url } = await other.discovery()
    expect(
      (await ask({ port: other.port }, '/v1/skills', { headers: { authorization: `Bearer ${key}` } })).status,
    ).toBe(401)
    const agent = await other.issue('Stolen')
    await other.access.disconnect(agent.id)
    expect((await ask({ port: other.port }, '/v1/skills', { headers: agent.headers })).status).toBe(401)
    await other.bridge.stop()
    await other.bridge.start()
    const again = await other.discovery()
    expect(again.key).not.toBe(key)
    const challenge = randomBytes(32).toString('base64url')
    const answer = await ask({ port: Number(new URL(again.url).port) }, `/v1/hello?challenge=${challenge}`)
    expect(isProof(answer.json()['proof'] as string, key, new URL(url).host, challenge)).toBe(false)
    await other.close()
  })

  test('an answer that was seen is good for nothing: neither a proof nor a token’s', async () => {
    const { key, url } = await bridge.discovery()
    const [once1, once2] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const seen = (await ask({ port: bridge.port }, `/v1/hello?challenge=${once1}`)).json()['proof'] as string
    expect(isProof(seen, key, new URL(url).host, once1)).toBe(true)
    expect(isProof(seen, key, new URL(url).host, once2)).toBe(false)

    const post = (path: string, body: object) =>
      ask({ port: bridge.port }, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const { id, secret } = (
      await post('/v1/pairings', { name: 'A test', scopes: ['catalog:read'] })
    ).json() as { id: string; secret: string }
    await bridge.access.pairings.approve(id, { scopes: ['catalog:read'], days: 1 })
    const collected = await post(`/v1/pairings/${id}/token`, { secret })
    expect(collected.json()).toMatchObject({ state: 'approved', agent: { scopes: ['catalog:read'] } })
    expect((await post(`/v1/pairings/${id}/token`, { secret })).json()).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('what was there before', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skillet-links-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('links in the place of bridge.json and of the socket lead nowhere', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, 'bridge'), { recursive: true, mode: 0o700 })
    const precious = join(folder, 'precious')
    writeFileSync(precious, 'precious')
    symlinkSync(precious, join(home, 'bridge.json'))
    symlinkSync(precious, join(home, 'bridge', 'agents.sock'))
    // As it is usually done.
    const naively = join(folder, 'naive')
    writeFileSync(naively, 'precious')
    symlinkSync(naively, join(folder, 'naive.json'))
    writeFileSync(join(folder, 'naive.json'), '{}')
    expect(readFileSync(naively, 'utf8')).toBe('{}')

    // Right in everything but that a link leads to it.
    writeFileSync(precious, JSON.stringify(await bridge.discovery()))
    chmodSync(precious, 0o600)
    await expect(readDiscovery(home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    writeFileSync(precious, 'precious')
    const place = await prepareSocketPlace(home)
    expect(existsSync(place.path)).toBe(false)
    const known = await bridge.discovery()
    await writeDiscovery(home, known)
    expect([await readDiscovery(home), readFileSync(precious, 'utf8')]).toEqual([known, 'precious'])
  })

  test('a socket’s folder that is a link, and a bridge.json that others may write, are refused', async () => {
    const home = join(folder, 'linked')
    mkdirSync(join(folder, 'elsewhere'))
    mkdirSync(home)
    symlinkSync(join(folder, 'elsewhere'), join(home, 'bridge'))
    await expect(prepareSocketPlace(home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    writeFileSync(join(home, 'bridge.json'), JSON.stringify(await bridge.discovery()), { mode: 0o666 })
    // The mask of this process may have taken something away.
    chmodSync(join(home, 'bridge.json'), 0o666)
    await expect(readDiscovery(home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('nobody else may open the socket, its folder or bridge.json, and one of somebody else’s is refused', async () => {
    const modes = [bridge.socket, dirname(bridge.socket), join(bridge.home, 'bridge.json')].map(
      (path) => statSync(path).mode & 0o777,
    )
    expect(modes).toEqual([0o600, 0o700, 0o600])
    const me = process.getuid!()
    const other = vi.spyOn(process, 'getuid').mockReturnValue(me + 1)
    onTestFinished(() => other.mockRestore())
    await expect(readDiscovery(bridge.home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await expect(prepareSocketPlace(bridge.home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('whoever listens where Skillet was can neither answer for it nor pass the question on', async () => {
    const gone = await openBridge()
    const stale = await gone.discovery()
    await gone.bridge.stop()
    // It takes the port that a killed Skillet has left, and knows where the new one is.
    const squatter = await startNaiveBridge({ where: gone.port })
    await gone.bridge.start()
    const now = await gone.discovery()
    expect(now.url).not.toBe(stale.url)
    const challenge = randomBytes(32).toString('base64url')
    const passedOn = await ask({ port: Number(new URL(now.url).port) }, `/v1/hello?challenge=${challenge}`)
    const proof = passedOn.json()['proof'] as string
    // A client that just asks whether somebody is there would be content.
    expect((await ask({ port: squatter.port }, '/v1/skills')).status).toBe(200)
    for (const { key } of [stale, now])
      expect(isProof(proof, key, new URL(stale.url).host, challenge)).toBe(false)
    expect(isProof(proof, now.key, new URL(now.url).host, challenge)).toBe(true)
    await squatter.stop()
    await gone.close()
  })
})
