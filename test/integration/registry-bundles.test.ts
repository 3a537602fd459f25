import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyPayment } from '../../src/registry/auth/entitlements.ts'
import { openDatabase } from '../../src/registry/db/database.ts'
import type { Tier } from '../../src/shared/tier.ts'
import { runCliWith } from '../support/cli-run.ts'
import { call as send, signInByLink } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// Bundles, the tokens that share them and the fleets that follow them: real PostgreSQL, real HTTP.

type Who = Record<string, string>
let test: TestRegistry
/** Two teams. `ada` has the plan Operator. */
let ada: Who
let bob: Who
const call = (method: string, path: string, who: Who = {}, body?: unknown) =>
  send(test.registry.url, method, path, who, body)
const key = (value: string): Who => ({ 'x-api-key': value })
const nobodys = '00000000-0000-4000-8000-000000000000'

async function publish(slug: string, more: { version?: string; tier?: string } = {}): Promise<void> {
  const { id } = await test.admin.publish(await packSample({ slug, ...more }))
  await test.admin.approve(id, '')
}

beforeAll(async () => {
  test = await startTestRegistry()
  ada = await signInByLink(test.registry.url, test.adminKey, 'ada')
  bob = await signInByLink(test.registry.url, test.adminKey, 'bob')
  await entitle('ada', 'operator')
  await publish('first-tool')
  await publish('first-tool', { version: '1.1.0' })
  await publish('paid-tool', { tier: 'cook' })
  await publish('other-paid-tool', { tier: 'cook' })
})
afterAll(async () => {
  await test?.remove()
})

async function entitle(account: string, tier: Tier): Promise<void> {
  const database = openDatabase(test.registry.databaseUrl, () => {})
  const event = { kind: 'entitlement.changed', account, tier, validUntil: null } as const
  await applyPayment(database, { id: randomUUID(), at: new Date().toISOString(), ...event })
  await database.destroy()
}

interface ListedKey {
  readonly id: string
  readonly label: string
  readonly expiresAt: string | null
}
async function keysOf(who: Who): Promise<ListedKey[]> {
  return (await call('GET', '/api/account/keys', who)).body.keys as ListedKey[]
}

/** Days until a key of `ada` expires; null: it doesn't. */
async function daysOf(label: string): Promise<number | null> {
  const at = (await keysOf(ada)).find((one) => one.label === label)!.expiresAt
  return at === null ? null : Math.round((Date.parse(at) - Date.now()) / 86_400_000)
}

async function makeBundle(who: Who, name: string): Promise<string> {
  const made = await call('POST', '/api/bundles', who, { name, title: `The ${name} set` })
  expect(made.status).toBe(201)
  return made.body.id as string
}

describe('a bundle', () => {
  it('holds skills at a version or at whatever is newest, and says what that is now', async () => {
    const id = await makeBundle(ada, 'desk')
    await call('PUT', `/api/bundles/${id}/skills/first-tool`, ada, { version: null })
    expect(
      (await call('PUT', `/api/bundles/${id}/skills/paid-tool`, ada, { version: '1.0.0' })).body,
    ).toMatchObject({
      current: '1.0.0',
      tier: 'cook',
    })
    const shown = await call('GET', `/api/bundles/${id}`, ada)
    expect(shown.body).toMatchObject({
      name: 'desk',
      skills: [
        { slug: 'first-tool', version: null, current: '1.1.0', reason: null },
        { slug: 'paid-tool', version: '1.0.0', current: '1.0.0' },
      ],
    })
    expect((await call('DELETE', `/api/bundles/${id}/skills/paid-tool`, ada)).status).toBe(204)
    expect((await call('DELETE', `/api/bundles/${id}/skills/paid-tool`, ada)).body.error.code).toBe(
      'NOT_FOUND',
    )
    const unknown = await call('PUT', `/api/bundles/${id}/skills/never-published`, ada, { version: null })
    expect(unknown.body.error.code).toBe('NOT_FOUND')
    expect((await call('POST', '/api/bundles', ada, { name: 'desk', title: 'x' })).body.error.code).toBe(
      'INPUT_INVALID',
    )
    expect((await call('PATCH', `/api/bundles/${id}`, ada, { title: 'Desk' })).body.title).toBe('Desk')
  })

  it('holds five hundred skills and no more', async () => {
    const id = await makeBundle(ada, 'full-set')
    await test.sql(
      `with named as (insert into skills (slug, account_id)
         select 'many-' || n, id from accounts cross join generate_series(1, 500) n where name = 'ada' returning *)
       insert into bundle_skills (bundle_id, account_id, slug) select $1, account_id, slug from named returning slug`,
      [id],
    )
    const put = (slug: string) => call('PUT', `/api/bundles/${id}/skills/${slug}`, ada, { version: null })
    expect((await put('first-tool')).body.error.code).toBe('TOO_LARGE')
    expect((await call('DELETE', `/api/bundles/${id}/skills/many-1`, ada)).status).toBe(204)
    expect((await put('first-tool')).status).toBe(200)
    expect((await put('first-tool')).status).toBe(200)
    expect((await call('DELETE', `/api/bundles/${id}`, ada)).status).toBe(204)
    await test.sql(`delete from skills where slug like 'many-%' returning slug`)
  })

  it("is nobody else's: not listed, and as unknown as one that doesn't exist", async () => {
    const id = await makeBundle(ada, 'private')
    expect((await call('GET', '/api/bundles', bob)).body.bundles).toEqual([])
    const attempts: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { title: 'mine' }],
      ['DELETE', ''],
      ['PUT', '/skills/first-tool', { version: null }],
      ['DELETE', '/skills/first-tool'],
      ['POST', '/tokens', { label: 'x' }],
    ]
    for (const [method, path, body] of attempts) {
      const foreign = await call(method, `/api/bundles/${id}${path}`, bob, body)
      const missing = await call(method, `/api/bundles/${nobodys}${path}`, bob, body)
      expect([method, path, foreign.status, foreign.body]).toEqual([method, path, 404, missing.body])
    }
    expect((await call('GET', `/api/bundles/${id}`, ada)).body.title).toBe('The private set')
  })
})

describe('a share token', () => {
  it('reads its bundle and gets its skills, at the expense of whoever shares, and nothing else', async () => {
    const id = await makeBundle(ada, 'shared')
    const other = await makeBundle(ada, 'not-shared')
    await call('PUT', `/api/bundles/${id}/skills/paid-tool`, ada, { version: null })
    await call('PUT', `/api/bundles/${other}/skills/other-paid-tool`, ada, { version: null })
    const token = key(
      (await call('POST', `/api/bundles/${id}/tokens`, ada, { label: 'Friends' })).body.key as string,
    )
    expect(token['x-api-key']).toMatch(/^cbt_[A-Za-z0-9]{43}$/)
    expect((await call('GET', '/api/bundles', token)).body.bundles).toMatchObject([{ id }])
    expect((await call('GET', `/api/bundles/${id}`, token)).body.skills).toMatchObject([
      { slug: 'paid-tool' },
    ])
    expect((await call('GET', `/api/bundles/${other}`, token)).body).toEqual(
      (await call('GET', `/api/bundles/${nobodys}`, token)).body,
    )
    const access = async (slug: string, who: Who) =>
      (await call('GET', `/api/skills/access?slug=${slug}`, who)).body.access as boolean
    expect(await access('paid-tool', {})).toBe(false)
    expect(await access('paid-tool', token)).toBe(true)
    // What the plan of whoever shares covers isn't shared with it, not even where another bundle lists it.
    expect(await access('other-paid-tool', token)).toBe(false)
    const { key: writer } = (
      await call('POST', '/api/account/keys', ada, { label: 'x', scopes: ['write:bundles'] })
    ).body
    expect(await access('paid-tool', key(writer as string))).toBe(false)
    for (const [method, path, body] of [
      ['PATCH', `/api/bundles/${id}`, { title: 'x' }],
      ['PUT', `/api/bundles/${id}/skills/first-tool`, { version: null }],
      ['POST', '/api/bundles', { name: 'x', title: 'x' }],
      ['GET', '/api/account/keys', undefined],
      ['GET', '/api/submissions', undefined],
      ['GET', '/api/fleets', undefined],
      ['PUT', `/api/fleet/machines/${'a'.repeat(64)}`, { name: 'x', revision: null, skills: [] }],
    ] as const)
      expect([path, (await call(method, path, token, body)).status]).toEqual([path, 403])
    expect(await daysOf('Friends')).toBeNull()
    await call('POST', `/api/bundles/${id}/tokens`, ada, { label: 'Guests', days: 3 })
    expect(await daysOf('Guests')).toBe(3)
    const listed = (await keysOf(ada)).find(({ label }) => label === 'Friends')!
    expect((await call('DELETE', `/api/account/keys/${listed.id}`, ada)).status).toBe(204)
    expect((await call('GET', '/api/bundles', token)).status).toBe(401)
  })
})

describe('a fleet', () => {
  const machine = (name: string) => createHash('sha256').update(name).digest('hex')

  it('needs the plan Operator', async () => {
    const id = await makeBundle(bob, 'too-small')
    const refused = await call('POST', '/api/fleets', bob, { name: 'office', bundle: id })
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({
      error: { code: 'TIER_REQUIRED' },
      required_tier: 'operator',
      upgrade_url: expect.stringContaining('operator'),
    })
    await entitle('bob', 'operator')
    const { id: fleet } = (await call('POST', '/api/fleets', bob, { name: 'office', bundle: id })).body
    await entitle('bob', 'free')
    // What there is stays when the plan ends; nothing is added to it.
    for (const [path, body] of [
      ['keys', { label: 'Office machines' }],
      ['push', {}],
    ] as const) {
      const late = await call('POST', `/api/fleets/${fleet}/${path}`, bob, body)
      expect([path, late.body.required_tier]).toEqual([path, 'operator'])
    }
    expect((await call('DELETE', `/api/fleets/${fleet}`, bob)).status).toBe(204)
  })

  it('follows what is pushed to it, tells what it holds, and shows who is behind or holds what was withdrawn', async () => {
    await publish('fleet-tool')
    const bundle = await makeBundle(ada, 'fleet-set')
    await call('PUT', `/api/bundles/${bundle}/skills/fleet-tool`, ada, { version: null })
    const { id } = (await call('POST', '/api/fleets', ada, { name: 'office', bundle })).body
    const minted = await call('POST', `/api/fleets/${id}/keys`, ada, { label: 'Office machines' })
    expect(minted.body.key).toMatch(/^rec_fleet_[A-Za-z0-9]{43}$/)
    const agent = key(minted.body.key as string)
    expect((await call('GET', '/api/fleet', agent)).body).toEqual({
      fleet: 'office',
      revision: null,
      skills: [],
    })

    const pushed = (await call('POST', `/api/fleets/${id}/push`, ada, {})).body
    expect(pushed).toEqual({ revision: 1, skills: [{ slug: 'fleet-tool', version: null }] })
    expect((await call('GET', '/api/fleet', agent)).body).toMatchObject({
      revision: 1,
      skills: pushed.skills,
    })

    const tell = (name: string, revision: number | null, version: string) =>
      call('PUT', `/api/fleet/machines/${machine(name)}`, agent, {
        name,
        revision,
        skills: [{ slug: 'fleet-tool', version }],
      })
    const more = { name: 'x', revision: 1, skills: [{ slug: 'fleet-tool', version: '1.0.0', owner: 'x' }] }
    expect((await call('PUT', `/api/fleet/machines/${machine('x')}`, agent, more)).status).toBe(400)
    expect((await tell('front desk', 1, '1.0.0')).status).toBe(200)
    expect((await tell('back room', null, '0.9.0')).status).toBe(200)
    await test.admin.revoke({
      slug: 'fleet-tool',
      version: '1.0.0',
      reason: 'It sent files away.',
      severity: 'critical',
      rotate: [],
    })
    const shown = (await call('GET', `/api/fleets/${id}/machines`, ada)).body
    expect(shown.machines).toMatchObject([
      { name: 'back room', behind: true, silent: false, skills: [{ version: '0.9.0', withdrawn: null }] },
      { name: 'front desk', behind: false, skills: [{ version: '1.0.0', withdrawn: 'It sent files away.' }] },
    ])
    const withdrawn = async (who: Who) => (await call('GET', '/api/withdrawn-machines', who)).body.withdrawn
    expect(await withdrawn(ada)).toEqual([
      {
        slug: 'fleet-tool',
        version: '1.0.0',
        reason: 'It sent files away.',
        fleet: { id, name: 'office' },
        machines: 1,
      },
    ])
    expect(await withdrawn(bob)).toEqual([])
    // Told anew, not added to.
    expect((await tell('front desk', 1, '1.1.0')).status).toBe(200)
    const again = (await call('GET', `/api/fleets/${id}/machines`, ada)).body
    expect(again.machines[1].skills).toEqual([{ slug: 'fleet-tool', version: '1.1.0', withdrawn: null }])
    expect(await withdrawn(ada)).toEqual([])

    // Back to what was pushed first, as a revision of its own.
    await call('DELETE', `/api/bundles/${bundle}/skills/fleet-tool`, ada)
    expect((await call('POST', `/api/fleets/${id}/push`, ada, {})).body).toEqual({ revision: 2, skills: [] })
    expect((await call('POST', `/api/fleets/${id}/push`, ada, { revision: 1 })).body).toMatchObject({
      revision: 3,
      skills: [{ slug: 'fleet-tool' }],
    })
    expect((await call('POST', `/api/fleets/${id}/push`, ada, { revision: 9 })).body.error.code).toBe(
      'NOT_FOUND',
    )
    const { revisions } = (await call('GET', `/api/bundles/${bundle}/revisions`, ada)).body
    expect(revisions).toMatchObject([
      { revision: 3, pushedBy: 'ada', skills: [{ slug: 'fleet-tool', version: null }] },
      { revision: 2, skills: [] },
      { revision: 1, skills: [{ slug: 'fleet-tool' }] },
    ])
    expect((await call('GET', `/api/bundles/${bundle}/revisions`, bob)).status).toBe(404)
    expect((await call('GET', `/api/bundles/${bundle}/revisions`, agent)).status).toBe(403)

    expect((await call('DELETE', `/api/bundles/${bundle}`, ada)).body.error.code).toBe('BUSY')
    const elsewhere = (await call('POST', '/api/fleets', ada, { name: 'elsewhere', bundle })).body.id
    const notThere = `/api/fleets/${elsewhere}/machines/${again.machines[0].id}`
    expect((await call('DELETE', notThere, ada)).status).toBe(404)
    expect((await call('DELETE', `/api/fleets/${elsewhere}`, ada)).status).toBe(204)
    expect((await call('DELETE', `/api/fleets/${id}/machines/${again.machines[0].id}`, ada)).status).toBe(204)
    expect((await call('DELETE', `/api/fleets/${id}`, ada)).status).toBe(204)
    // Its keys went with it.
    expect((await call('GET', '/api/fleet', agent)).status).toBe(401)
  })

  it('hears from the command line what is here, and says there what is missing', async () => {
    const bundle = await makeBundle(ada, 'synced-set')
    await call('PUT', `/api/bundles/${bundle}/skills/first-tool`, ada, { version: '1.0.0' })
    const { id } = (await call('POST', '/api/fleets', ada, { name: 'synced', bundle })).body
    const { key: agent } = (await call('POST', `/api/fleets/${id}/keys`, ada, { label: 'm' })).body
    await call('POST', `/api/fleets/${id}/push`, ada, {})
    const home = await mkdtemp(join(tmpdir(), 'fleet-'))
    const sync = (version: string | null) =>
      runCliWith(
        ['fleet', 'sync', '--json', '--home', home, '--registry', test.registry.url],
        {
          installed: async () =>
            version === null
              ? []
              : [{ slug: 'first-tool', version, withdrawn: null, updateTo: null } as never],
        },
        { env: { SKILLET_FLEET_KEY: agent as string } },
      )
    const machines = async () => (await call('GET', `/api/fleets/${id}/machines`, ada)).body.machines
    expect((await sync(null)).json).toMatchObject({
      fleet: 'synced',
      revision: 1,
      ok: false,
      skills: [{ slug: 'first-tool', wanted: '1.0.0', installed: null, ok: false }],
    })
    expect(await machines()).toMatchObject([{ behind: true, skills: [] }])
    expect((await sync('1.0.0')).json).toMatchObject({ ok: true })
    // The same machine, told anew.
    expect(await machines()).toMatchObject([
      { behind: false, revision: 1, skills: [{ slug: 'first-tool', version: '1.0.0' }] },
    ])
    const without = await runCliWith(['fleet', 'sync', '--home', home, '--registry', test.registry.url], {})
    expect(without.status).toBe(2)
    await rm(home, { recursive: true, force: true })
  })

  it("is nobody else's, and its key opens nothing but its own", async () => {
    const bundle = await makeBundle(ada, 'closed-set')
    const { id } = (await call('POST', '/api/fleets', ada, { name: 'closed', bundle })).body
    const agent = key((await call('POST', `/api/fleets/${id}/keys`, ada, { label: 'm' })).body.key as string)
    await call('POST', `/api/fleets/${id}/keys`, ada, { label: 'lent machine', days: 5 })
    expect(await daysOf('lent machine')).toBe(5)
    for (const [method, path, body] of [
      ['DELETE', ''],
      ['POST', '/keys', { label: 'x' }],
      ['POST', '/push', {}],
      ['GET', '/machines'],
      ['DELETE', `/machines/${nobodys}`],
    ] as [string, string, unknown?][]) {
      const refused = await call(method, `/api/fleets/${id}${path}`, bob, body)
      // A plan that doesn't cover fleets is told so before anything is looked up.
      expect([path, [403, 404].includes(refused.status)]).toEqual([path, true])
      expect([path, (await call(method, `/api/fleets/${id}${path}`, agent, body)).status]).toEqual([
        path,
        403,
      ])
    }
    const tooMany = Array.from({ length: 501 }, (_, number) => ({ slug: `s-${number}`, version: '1.0.0' }))
    const told = { name: 'm', revision: null, skills: tooMany }
    expect((await call('PUT', `/api/fleet/machines/${machine('m')}`, agent, told)).body.error.code).toBe(
      'INPUT_INVALID',
    )
    await test.sql(
      `insert into machines (account_id, fleet_id, machine_hash, name)
       select account_id, id, encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 'm'
       from fleets, generate_series(1, 10000) n where id = $1`,
      [id],
    )
    const one = { name: 'm', revision: null, skills: [] }
    const tell = (name: string) => call('PUT', `/api/fleet/machines/${machine(name)}`, agent, one)
    expect((await tell('one more')).body.error.code).toBe('TOO_LARGE')
    expect((await tell('10000')).status).toBe(200)
    const sneaky = { name: 'm', revision: null, skills: [], account_id: nobodys }
    expect((await call('PUT', `/api/fleet/machines/${machine('m')}`, agent, sneaky)).body.error.code).toBe(
      'INPUT_INVALID',
    )
  })
})
