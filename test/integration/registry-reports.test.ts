import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRevocations } from '../../src/trust/revocations.ts'
import { call as send, signInByLink } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// What becomes of a report, and what everybody is told: real PostgreSQL, real HTTP, really signed lists.

type Who = Record<string, string>
let test: TestRegistry
let reviewer: Who
const call = (method: string, path: string, who: Who = {}, body?: unknown) =>
  send(test.registry.url, method, path, who, body)

async function publish(slug: string, tier = 'free'): Promise<{ sha256: string }> {
  const { id } = await test.admin.publish(await packSample({ slug, tier }))
  await test.admin.approve(id, '')
  return (await test.admin.submission(id)).tarball
}
/** What clients read of what is held. */
async function held(): Promise<string[]> {
  const { targets } = JSON.parse(Buffer.from(await signed('registry')).toString('utf8')).signed as {
    targets: Record<string, { hashes: { sha256: string } }>
  }
  const { sha256 } = targets['revocations.json']!.hashes
  const list = parseRevocations(await test.read(`/tuf/targets/${sha256}.revocations.json`))
  return (list.held ?? []).map(({ slug }) => slug)
}
async function signed(role: string): Promise<Uint8Array> {
  const json = async (name: string) =>
    JSON.parse(Buffer.from(await test.read(`/tuf/metadata/${name}`)).toString('utf8')).signed as {
      meta: Record<string, { version: number }>
    }
  const timestamp = await json('timestamp.json')
  const snapshot = await json(`${timestamp.meta['snapshot.json']!.version}.snapshot.json`)
  return test.read(`/tuf/metadata/${snapshot.meta[`${role}.json`]!.version}.${role}.json`)
}
const offers = async (slug: string) => (await test.catalog()).some((entry) => entry.slug === slug)
const report = (slug: string, kind: string, who: Who = {}) =>
  call('POST', '/api/reports', who, { slug, kind, words: 'It did something strange.' })

beforeAll(async () => {
  test = await startTestRegistry({ securityContact: 'mailto:security@example.com', rateLimitFactor: 5 })
  reviewer = await signInByLink(test.registry.url, test.adminKey, 'rita', 'reviewer')
})
afterAll(async () => {
  await test?.remove()
})

describe('a report', () => {
  it('can be made by anybody, waits for somebody of the registry, and takes nothing away by itself', async () => {
    await publish('reported-tool')
    for (let times = 0; times < 5; times++)
      expect((await report('reported-tool', 'malware')).status).toBe(201)
    expect(await offers('reported-tool')).toBe(true)
    expect((await call('GET', '/api/reports')).status).toBe(401)
    const { reports } = (await call('GET', '/api/reports', reviewer)).body
    expect(reports).toHaveLength(5)
    expect(reports[0]).toMatchObject({
      slug: 'reported-tool',
      publisher: 'skillet-labs',
      kind: 'malware',
      severity: 'high',
      held: false,
    })
    expect((await report('never-published', 'malware')).body.error.code).toBe('NOT_FOUND')
    const extra = { slug: 'reported-tool', kind: 'malware', words: 'x', severity: 'critical' }
    expect((await call('POST', '/api/reports', {}, extra)).body.error.code).toBe('INPUT_INVALID')
  })

  it('that is confirmed as critical takes the skill offline at once, warns, and tells its publisher', async () => {
    const { sha256 } = await publish('bad-tool')
    const { id } = (await report('bad-tool', 'malware')).body
    const { key } = await test.mint({ account: 'skillet-labs', scopes: ['write:account'] })
    const decided = await call('POST', `/api/reports/${id}/decide`, reviewer, {
      decision: 'confirm',
      severity: 'critical',
      note: 'It sends files away.',
    })
    expect(decided.status).toBe(200)
    expect(await offers('bad-tool')).toBe(false)
    expect(await held()).toEqual(['bad-tool'])
    expect((await call('GET', '/api/skills/access?slug=bad-tool')).body.error.code).toBe('ON_HOLD')
    for (const path of [`/tarballs/${sha256}.tgz`, '/releases/bad-tool/1.0.0.skillet'])
      expect([path, (await call('GET', path)).body.error.code]).toEqual([path, 'ON_HOLD'])
    const status = (await call('GET', '/status')).body
    expect(status).toMatchObject({
      status: 'attention',
      incidents: [{ slug: 'bad-tool', title: 'bad-tool is on hold', resolvedAt: null }],
    })
    const { notifications } = (await call('GET', '/api/account/notifications', { 'x-api-key': key })).body
    expect(notifications[0].words).toContain('bad-tool is not offered at the moment')
    // Who reported it, and how to reach them, is nothing for the publisher.
    expect(JSON.stringify(notifications)).not.toContain('something strange')
    const again = await call('POST', `/api/reports/${id}/decide`, reviewer, {
      decision: 'dismiss',
      note: 'x',
    })
    expect(again.body.error.code).toBe('BUSY')
    // A new version doesn't get around it.
    const { id: next } = await test.admin.publish(await packSample({ slug: 'bad-tool', version: '1.0.1' }))
    await test.admin.approve(next, '')
    expect(await offers('bad-tool')).toBe(false)
    expect((await call('DELETE', '/api/skills/bad-tool/hold?words=It%20is%20fixed.', reviewer)).status).toBe(
      204,
    )
    expect(await offers('bad-tool')).toBe(true)
    expect(await held()).toEqual([])
    expect((await call('GET', '/status')).body.status).toBe('ok')
  })

  it('is answered to whoever made it, and told to the publisher without saying who', async () => {
    await publish('weak-tool')
    const mine = { 'x-api-key': (await test.mint({ account: 'reporter', scopes: ['write:account'] })).key }
    const theirs = {
      'x-api-key': (await test.mint({ account: 'skillet-labs', scopes: ['write:account'] })).key,
    }
    const news = async (who: Who) => (await call('GET', '/api/account/notifications', who)).body
    const { id } = (await report('weak-tool', 'vulnerability', mine)).body
    const before = (await news(theirs)).unread as number
    await call('POST', `/api/reports/${id}/decide`, reviewer, {
      decision: 'confirm',
      note: 'It opens links.',
    })
    expect(await news(mine)).toMatchObject({
      unread: 1,
      notifications: [
        { kind: 'report.answered', words: 'You reported weak-tool. You were right: It opens links.' },
      ],
    })
    const told = await news(theirs)
    expect(told.unread).toBe(before + 1)
    expect(told.notifications[0]).toMatchObject({
      kind: 'report.confirmed',
      words: 'Somebody reported a problem with weak-tool, and it is so: It opens links.',
      read: false,
    })
    expect(JSON.stringify(told.notifications[0])).not.toMatch(/reporter|something strange/)
    // One at a time, by the account that was told.
    const one = `/api/account/notifications/${told.notifications[0].id}/read`
    expect((await call('PUT', one, mine, { read: true })).status).toBe(404)
    expect((await call('PUT', one, theirs, { read: true })).status).toBe(204)
    expect((await news(theirs)).unread).toBe(before)
    expect((await call('PUT', one, theirs, { read: false })).status).toBe(204)
    expect((await call('POST', '/api/account/notifications/read', theirs)).status).toBe(204)
    expect((await news(theirs)).unread).toBe(0)
  })

  it('of malware by three accounts that have been there for a while holds the skill until somebody looks', async () => {
    await publish('crowd-tool')
    const keys: Who[] = []
    for (const account of ['crowd-one', 'crowd-two', 'crowd-three', 'crowd-new'])
      keys.push({ 'x-api-key': (await test.mint({ account })).key })
    await test.sql(
      `update accounts set created_at = now() - interval '8 days' where name like 'crowd-%' and name <> 'crowd-new'`,
    )
    // The same one thrice, and one made for the purpose, count as one.
    for (const who of [keys[0], keys[0], keys[0], keys[3]]) await report('crowd-tool', 'malware', who)
    await report('crowd-tool', 'malware', keys[1])
    expect(await offers('crowd-tool')).toBe(true)
    await report('crowd-tool', 'malware', keys[2])
    expect(await offers('crowd-tool')).toBe(false)
    const { reports } = (await call('GET', '/api/reports', reviewer)).body
    for (const { id } of reports.filter((one: { slug: string }) => one.slug === 'crowd-tool')) {
      expect(await offers('crowd-tool')).toBe(false)
      await call('POST', `/api/reports/${id}/decide`, reviewer, {
        decision: 'dismiss',
        note: 'A false alarm.',
      })
    }
    expect(await offers('crowd-tool')).toBe(true)
  })

  it('counts once for all accounts that somebody belongs to', async () => {
    await publish('envied-tool')
    const rival = await signInByLink(test.registry.url, test.adminKey, 'rival')
    for (const name of ['rival-two', 'rival-three'])
      expect((await call('POST', '/api/accounts', rival, { name, title: 'A team' })).status).toBe(201)
    await test.sql(`update accounts set created_at = now() - interval '8 days' where name like 'rival%'`)
    const keyOf = async (account: string) => {
      const who = { ...rival, 'x-skillet-account': account }
      const asked = { label: 'x', scopes: ['read:catalog'] }
      return { 'x-api-key': (await call('POST', '/api/account/keys', who, asked)).body.key as string }
    }
    for (const account of ['rival', 'rival-two', 'rival-three'])
      expect((await report('envied-tool', 'malware', await keyOf(account))).status).toBe(201)
    expect(await offers('envied-tool')).toBe(true)
    // Two others who have nothing to do with it make it three.
    for (const account of ['crowd-one', 'crowd-two'])
      await report('envied-tool', 'malware', { 'x-api-key': (await test.mint({ account })).key })
    expect(await offers('envied-tool')).toBe(false)
  })

  it('counts for an account only where the account itself makes it, and only as malware', async () => {
    await publish('shared-tool')
    const session = await signInByLink(test.registry.url, test.adminKey, 'sharer')
    const bundle = (await call('POST', '/api/bundles', session, { name: 'b', title: 'B' })).body.id as string
    const { key } = (await call('POST', `/api/bundles/${bundle}/tokens`, session, { label: 'x' })).body
    await report('shared-tool', 'malware', { 'x-api-key': key })
    expect(await test.sql(`select reporter_account from reports where slug = 'shared-tool'`)).toEqual([
      { reporter_account: null },
    ])
    // The publisher and those who say something else are none of the three.
    const keys: Who[] = []
    for (const account of ['skillet-labs', 'slow-one', 'slow-two', 'slow-three'])
      keys.push({ 'x-api-key': (await test.mint({ account })).key })
    await test.sql(
      `update accounts set created_at = now() - interval '8 days' where name like 'slow-%' or name = 'skillet-labs'`,
    )
    await report('shared-tool', 'other', keys[3])
    for (const who of keys.slice(0, 3)) await report('shared-tool', 'malware', who)
    expect(await offers('shared-tool')).toBe(true)
    // What was dismissed speaks no longer.
    const { reports } = (await call('GET', '/api/reports', reviewer)).body
    const dismissed = reports.filter((one: { slug: string }) => one.slug === 'shared-tool')
    for (const { id } of dismissed)
      await call('POST', `/api/reports/${id}/decide`, reviewer, { decision: 'dismiss', note: 'No.' })
    await report('shared-tool', 'malware', keys[3])
    expect(await offers('shared-tool')).toBe(true)
  })

  it('that is confirmed as less than critical takes nothing away', async () => {
    await publish('flawed-tool')
    const { id } = (await report('flawed-tool', 'vulnerability')).body
    const decision = { decision: 'confirm', severity: 'high', note: 'It is a flaw.' }
    expect((await call('POST', `/api/reports/${id}/decide`, reviewer, decision)).status).toBe(200)
    expect(await offers('flawed-tool')).toBe(true)
  })

  it('by somebody of the registry holds at once', async () => {
    await publish('staff-tool')
    const { key } = await test.mint({ account: 'watchers', scopes: ['review:write'] })
    await report('staff-tool', 'malware', { 'x-api-key': key })
    expect(await offers('staff-tool')).toBe(false)
  })
})

describe('a report by the client of the app', () => {
  it('arrives as it was written; one about an unknown skill, and one too many, say what to do', async () => {
    await publish('told-tool')
    const report = {
      slug: 'told-tool',
      version: '1.0.0',
      kind: 'vulnerability' as const,
      words: 'Any page can use it.',
      contact: 'kim@example.com',
    }
    const { id } = await test.client().report(report)
    const { reports } = (await call('GET', '/api/reports', reviewer)).body
    expect(reports).toContainEqual(expect.objectContaining({ ...report, id, severity: 'medium' }))
    await expect(test.client().report({ ...report, slug: 'never-published' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      remedy: expect.stringContaining('whoever gave it to you'),
    })
    let refused: unknown = null
    for (let times = 0; times < 60 && refused === null; times++)
      refused = await test
        .client()
        .report(report)
        .then(
          () => null,
          (error: unknown) => error,
        )
    expect(refused).toMatchObject({
      code: 'RATE_LIMITED',
      remedy: expect.stringMatching(/^Try again in \d+ minutes\.$/),
    })
  })
})

describe('what anybody can read', () => {
  it('names withdrawals at once, for programs and for people', async () => {
    await publish('withdrawn-tool')
    const revocation = {
      slug: 'withdrawn-tool',
      version: '1.0.0',
      reason: 'It read <keys>.',
      severity: 'high',
    }
    expect((await call('POST', '/api/revocations', { 'x-api-key': test.adminKey }, revocation)).status).toBe(
      201,
    )
    const { incidents } = (await call('GET', '/changelog')).body
    expect(incidents[0]).toMatchObject({
      title: 'withdrawn-tool 1.0.0 was withdrawn',
      words: 'It read <keys>.',
      severity: 'high',
    })
    for (const path of ['/changelog', '/status']) {
      const page = await fetch(test.registry.url + path, { headers: { accept: 'text/html,*/*;q=0.8' } })
      expect(page.headers.get('content-type')).toContain('text/html')
      const text = await page.text()
      expect(text).toContain('withdrawn-tool 1.0.0 was withdrawn')
      // Whatever somebody wrote is text.
      expect(text).toContain('It read &lt;keys&gt;.')
      expect(text).not.toContain('<keys>')
    }
    const { etag } = Object.fromEntries((await fetch(`${test.registry.url}/changelog`)).headers)
    const again = await fetch(`${test.registry.url}/changelog`, { headers: { 'if-none-match': etag! } })
    expect(again.status).toBe(304)
  })

  it('has an index for other programs, of what is offered to everybody', async () => {
    const { sha256 } = await publish('indexed-tool')
    await publish('paid-for-tool', 'cook')
    expect((await test.catalog()).map(({ slug }) => slug)).toContain('paid-for-tool')
    const index = (await call('GET', '/.well-known/agent-skills/index.json')).body
    expect(index.skills).toContainEqual({
      name: 'indexed-tool',
      type: 'archive',
      description: expect.any(String),
      url: `${test.registry.url}/tarballs/${sha256}.tgz`,
      digest: `sha256:${sha256}`,
    })
    for (const other of ['withdrawn-tool', 'paid-for-tool'])
      expect(JSON.stringify(index)).not.toContain(other)
  })

  it('says where to tell of a weakness, and until when that holds', async () => {
    const text = await (await fetch(`${test.registry.url}/.well-known/security.txt`)).text()
    expect(text).toContain('Contact: mailto:security@example.com\n')
    const expires = Date.parse(/^Expires: (.+)$/m.exec(text)![1]!)
    expect(expires - Date.now()).toBeGreaterThan(80 * 86_400_000)
    expect(expires - Date.now()).toBeLessThan(365 * 86_400_000)
  })
})
