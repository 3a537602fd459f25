import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '../../src/registry/db/embedded.ts'
import { watchReleases } from '../../src/registry/db/watch-releases.ts'
import { startRegistry, type RunningRegistry } from '../../src/registry/start.ts'
import { packFolder } from '../../src/engine/package/pack.ts'
import { call, type Answer } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// Answers are kept in memory. Two servers on one folder and one database: what one of them changes, the other says at once.

let folder: string
let database: EmbeddedDatabase
let sql: pg.Client
let test: TestRegistry
let other: RunningRegistry
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-kept-'))
  database = await startEmbeddedDatabase(folder, () => {})
  const shared = { dataDir: join(folder, 'data'), databaseUrl: database.adminUrl }
  test = await startTestRegistry(shared)
  other = await startRegistry({ ...shared, demo: false, pack: packFolder, log: () => {} })
  sql = new pg.Client({ connectionString: database.adminUrl })
  await sql.connect()
})
afterAll(async () => {
  await other?.stop()
  await test?.registry.stop()
  await sql?.end()
  await database?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function publish(slug: string, tier = 'free'): Promise<{ tarball: string }> {
  const { client } = await test.mint({ account: slug, scopes: ['write:publish'] })
  const { id } = await client.publish(await packSample({ slug, publisher: slug, tier }))
  await test.admin.approve(id, '')
  return { tarball: `/tarballs/${(await test.admin.submission(id)).tarball.sha256}.tgz` }
}
const ask = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(other.url, 'GET', path, headers)
const statusOf = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(other.url + path, { headers })
  await answer.arrayBuffer()
  return answer.status
}
/** What the other server says of a skill: three ways to get at it, and what it lists. */
async function said(slug: string, tarball: string) {
  const timestamp = await (await fetch(`${other.url}/tuf/metadata/timestamp.json`)).text()
  expect(timestamp).toBe(await (await fetch(`${test.registry.url}/tuf/metadata/timestamp.json`)).text())
  const { body } = await ask('/catalog.json')
  return {
    tarball: await statusOf(tarball),
    access: await statusOf(`/api/skills/access?slug=${slug}`),
    listed: (body as { skills: { slug: string }[] }).skills.some((skill) => skill.slug === slug),
  }
}
const offered = { tarball: 200, access: 200, listed: true }

describe('what the other server changes', () => {
  it('a withdrawal shows at once, whatever was asked before', async () => {
    const { tarball } = await publish('short-lived')
    expect(await said('short-lived', tarball)).toEqual(offered)
    expect(await said('short-lived', tarball)).toEqual(offered)
    await test.admin.revoke({
      slug: 'short-lived',
      version: '*',
      reason: 'It steals.',
      severity: 'high',
      rotate: [],
    })
    expect(await said('short-lived', tarball)).toEqual({ tarball: 410, access: 410, listed: false })
  })

  it('a hold shows at once, and its end', async () => {
    const { tarball } = await publish('held-tool')
    expect(await said('held-tool', tarball)).toEqual(offered)
    const admin = { 'x-api-key': test.adminKey }
    await call(test.registry.url, 'PUT', '/api/skills/held-tool/hold', admin, { words: 'Looked into.' })
    expect(await said('held-tool', tarball)).toMatchObject({ listed: false })
    expect((await ask(tarball)).body).toMatchObject({ error: { code: 'ON_HOLD' } })
    await call(test.registry.url, 'DELETE', '/api/skills/held-tool/hold?words=Fine', admin)
    expect(await said('held-tool', tarball)).toEqual(offered)
  })

  it('a withdrawal that got no further than the database, its server having been killed, shows all the same', async () => {
    const { tarball } = await publish('half-way')
    expect(await said('half-way', tarball)).toEqual(offered)
    await sql.query(
      `insert into registry.revocations (slug, version, reason, severity, rotate, revoked_at)
       values ('half-way', '*', 'It steals.', 'high', '{}', now())`,
    )
    await vi.waitFor(async () => expect(await statusOf(tarball)).toBe(410), 5_000)
    expect((await ask('/api/skills/access?slug=half-way')).status).toBe(410)
  })
})

describe('what is kept', () => {
  it('is never what somebody got with a key', async () => {
    const { tarball } = await publish('paid-tool', 'cook')
    const { key } = await test.mint({ account: 'paying', tier: 'cook' })
    const paying = { 'x-api-key': key }
    for (let times = 0; times < 2; times++) {
      expect((await ask('/api/skills/access?slug=paid-tool', paying)).body).toEqual({ access: true })
      expect(await statusOf(tarball, paying)).toBe(200)
      expect((await ask('/api/skills/access?slug=paid-tool')).body).toMatchObject({ access: false })
      expect(await statusOf(tarball)).toBe(403)
      expect(await statusOf(tarball, { 'x-api-key': key.replace(/.$/, '!') })).toBe(401)
    }
  })

  it('is given again without the disk, with the same headers and a number of its own', async () => {
    const { tarball } = await publish('well-known-tool')
    const get = async (headers: Record<string, string> = {}) => {
      const answer = await fetch(other.url + tarball, { headers })
      const { 'x-request-id': id, date: _, ...rest } = Object.fromEntries(answer.headers)
      return { status: answer.status, id, rest, bytes: Buffer.from(await answer.arrayBuffer()) }
    }
    const first = await get()
    const sha256 = tarball.slice('/tarballs/'.length, -'.tgz'.length)
    await rm(join(folder, 'data', 'objects', sha256.slice(0, 2), sha256))
    const second = await get()
    expect(second).toEqual({ ...first, id: second.id })
    expect(second.id).not.toBe(first.id)
    expect(second.rest).toMatchObject({ 'x-content-type-options': 'nosniff', etag: `"${sha256}"` })
    expect((await get({ 'if-none-match': `"${sha256}"` })).status).toBe(304)
    // A part of it comes from where it lies.
    expect((await get({ range: 'bytes=0-1' })).status).toBe(404)
  })
})

describe('listening for changes', () => {
  it('says nothing while the connection is gone, and another number afterwards', async () => {
    const watch = await watchReleases(test.registry.databaseUrl, () => {})
    try {
      await vi.waitFor(() => expect(watch.epoch()).not.toBeNull())
      const before = watch.epoch()!
      await sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query = 'notify registry_releases'`,
      )
      await vi.waitFor(() => expect(watch.epoch()).toBeNull())
      await vi.waitFor(() => expect(watch.epoch()).toBeGreaterThan(before), 10_000)
      const again = watch.epoch()!
      await sql.query('truncate registry.revocations')
      await vi.waitFor(() => expect(watch.epoch()).toBeGreaterThan(again))
    } finally {
      await watch.stop()
    }
    expect(watch.epoch()).toBeNull()
  })
})
