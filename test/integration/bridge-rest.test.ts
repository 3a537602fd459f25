import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isProof } from '../../src/bridge/proof.ts'
import { ask, openBridge } from '../support/bridge.ts'

let bridge: Awaited<ReturnType<typeof openBridge>>
beforeAll(async () => {
  bridge = await openBridge()
})
afterAll(() => bridge.close())

test('says the same over its port and its socket: searches, in pages, shows and lists', async () => {
  for (const where of [{ port: bridge.port }, { socket: bridge.socket }]) {
    const first = await ask(where, '/v1/skills?text=words&limit=2', { headers: bridge.agent.headers })
    expect([first.status, first.json()['total']]).toEqual([200, 3])
    const cursor = first.json()['nextCursor'] as string
    const second = await ask(where, `/v1/skills?text=words&limit=2&cursor=${cursor}`, {
      headers: bridge.agent.headers,
    })
    const slugs = [first, second].flatMap((page) =>
      (page.json()['skills'] as { slug: string }[]).map(({ slug }) => slug),
    )
    expect(slugs.sort()).toEqual(['count-words', 'find-words', 'sort-words'])
    expect(second.json()['nextCursor']).toBeNull()
    const other = await ask(where, `/v1/skills?text=other&cursor=${cursor}`, {
      headers: bridge.agent.headers,
    })
    expect([other.status, other.json()['code']]).toEqual([400, 'INPUT_INVALID'])
    const shown = await ask(where, '/v1/skills/count-words', { headers: bridge.agent.headers })
    expect(shown.json()).toMatchObject({ skill: { title: 'Count words' }, license: expect.any(String) })
    const listed = await ask(where, '/v1/installed', { headers: bridge.agent.headers })
    expect(listed.json()).toEqual({ skills: [] })
  }
})

test('proves that it is the Skillet of bridge.json, at the address that was asked', async () => {
  const { key, url, socket } = await bridge.discovery()
  const challenge = 'c'.repeat(43)
  const overPort = await ask({ port: bridge.port }, `/v1/hello?challenge=${challenge}`)
  const overSocket = await ask({ socket }, `/v1/hello?challenge=${challenge}`)
  expect(isProof(overPort.json()['proof'] as string, key, new URL(url).host, challenge)).toBe(true)
  expect(isProof(overSocket.json()['proof'] as string, key, socket, challenge)).toBe(true)
  // What the real one says at its socket proves nothing about whoever passes it on from a port.
  expect(isProof(overSocket.json()['proof'] as string, key, new URL(url).host, challenge)).toBe(false)
})

test('refuses with problem details, and tells nothing of what nobody foresaw', async () => {
  const missing = await ask({ port: bridge.port }, '/v1/nothing', { headers: bridge.agent.headers })
  expect(missing.headers['content-type']).toBe('application/problem+json')
  expect(missing.json()).toMatchObject({ status: 404, code: 'NOT_FOUND', type: '/docs#NOT_FOUND' })
  const wrong = await ask({ port: bridge.port }, '/v1/skills?limit=900&colour=red', {
    headers: bridge.agent.headers,
  })
  expect(wrong.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
  expect(wrong.json()['detail']).toMatch(/limit.*colour/)
})

test('an agent with too much under way at once is told to wait, and others are not', async () => {
  const busy = await bridge.issue('Busy')
  const headers = { ...busy.headers, 'content-type': 'application/json' }
  const asked = await ask({ port: bridge.port }, '/v1/requests', {
    method: 'POST',
    headers,
    body: JSON.stringify({ slug: 'find-words' }),
  })
  const { id } = asked.json()['request'] as { id: string }
  const path = `/v1/requests/${id}?waitS=60`
  const host = `127.0.0.1:${bridge.port}`
  const waiting = Array.from({ length: 48 }, () =>
    request({ host: '127.0.0.1', port: bridge.port, path, agent: false, headers: { ...headers, host } })
      .on('error', () => undefined)
      .end(),
  )
  const next = () => ask({ port: bridge.port }, '/v1/installed', { headers })
  await expect.poll(async () => (await next()).status).toBe(429)
  const refused = await next()
  expect([refused.json()['code'], refused.headers['retry-after']]).toEqual(['RATE_LIMITED', '1'])
  const other = await ask({ port: bridge.port }, '/v1/installed', { headers: bridge.agent.headers })
  expect(other.status).toBe(200)
  // Those that nobody waits for any more count no longer.
  for (const one of waiting) one.destroy()
  await expect.poll(async () => (await next()).status).toBe(200)
})
