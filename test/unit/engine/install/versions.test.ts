import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capabilityDigest } from '../../../../src/engine/grants/digest.ts'
import { assertIntact } from '../../../../src/engine/install/integrity.ts'
import { setPinned } from '../../../../src/engine/install/pin.ts'
import { rollbackTo } from '../../../../src/engine/install/rollback.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { treeOf } from '../../../support/tree.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0']
const samples = new Map(versions.map((version) => [version, sampleRelease(key, { version })]))
let folder: string
let home: StoreHome

const install = (version: string) => installSample(home, samples.get(version)!)
const rollback = (version?: string, revoked: string[] = []) =>
  rollbackTo(
    {
      ...home,
      async assertNotRevoked(_, one) {
        if (revoked.includes(one)) throw new SkilletError('REVOKED', `${one} was withdrawn.`)
      },
      assertPolicyAllows: async () => {},
      findNewSignature: async () => null,
    },
    slug,
    version,
    'cli',
  )
const inForce = async () => (await home.store.require(slug)).version
const kept = async () => (await home.store.require(slug)).kept.map(({ version }) => version)
const events = async () =>
  (await home.journal.list({ limit: 50, before: null })).map(({ event }) => event).reverse()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-versions-'))
  home = await openStore(folder, keys)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('earlier versions', () => {
  it('keeps three, newest first, and deletes the rest', async () => {
    for (const version of versions) await install(version)
    expect(await kept()).toEqual(['1.3.0', '1.2.0', '1.1.0'])
    expect(await readdir(join(folder, 'skills', slug))).toEqual([
      '1.1.0',
      '1.2.0',
      '1.3.0',
      '1.4.0',
      'current',
    ])
    expect(await readdir(join(folder, 'records/kept', slug))).toEqual([
      '1.1.0.json',
      '1.2.0.json',
      '1.3.0.json',
    ])
    expect(await readdir(join(folder, 'staging'))).toEqual([])
  })

  it('goes back to the newest, or to any, and keeps the one before in its place', async () => {
    for (const version of versions) await install(version)
    expect(await rollback()).toEqual({ slug, version: '1.3.0' })
    expect(await kept()).toEqual(['1.4.0', '1.2.0', '1.1.0'])
    expect(await home.store.readCurrent(slug)).toBe('1.3.0')
    await rollback('1.1.0')
    expect(await kept()).toEqual(['1.3.0', '1.4.0', '1.2.0'])
    expect((await assertIntact(home.store, keys, slug)).version).toBe('1.1.0')
    expect((await events()).slice(-2)).toEqual(['rollback', 'rollback'])
    expect(await readdir(join(folder, 'staging'))).toEqual([])
  })

  it('says in the journal that a change was undone which is in it already', async () => {
    await install('1.0.0')
    await install('1.1.0')
    const writeCurrent = () => Promise.reject(new Error('planned'))
    const store = { ...home.store, writeCurrent }
    const change = rollbackTo(
      {
        ...home,
        store,
        assertNotRevoked: async () => {},
        assertPolicyAllows: async () => {},
        findNewSignature: async () => null,
      },
      slug,
      '1.0.0',
      'cli',
    )
    await expect(change).rejects.toThrow('planned')
    expect(await inForce()).toBe('1.1.0')
    expect((await events()).slice(-2)).toEqual(['rollback', 'install.undone'])
  })

  it('leaves each version the decisions that the person made about it, and what was taken back since', async () => {
    await install('1.0.0')
    await install('1.1.0')
    const decided = async (version: string) =>
      (await home.grants.list(slug)).filter(
        (grant) => grant.capabilityDigest === capabilityDigest(samples.get(version)!.release.skill),
      )
    await rollback()
    expect((await decided('1.0.0')).map(({ decision }) => decision)).toEqual(['allow'])
    await home.grants.forget(slug, 'fs:read')
    await rollback('1.1.0')
    expect(await decided('1.1.0')).toEqual([])
  })

  it('refuses a version that is not kept, was withdrawn, or is the one in force', async () => {
    await install('1.0.0')
    expect(await codeOf(rollback())).toBe('NOT_FOUND')
    await install('1.1.0')
    expect(await codeOf(rollback('1.1.0'))).toBe('NOT_FOUND')
    expect(await codeOf(rollback('9.9.9'))).toBe('NOT_FOUND')
    expect(await codeOf(rollback('1.0.0', ['1.0.0']))).toBe('REVOKED')
    expect(await codeOf(rollback(undefined, ['1.0.0']))).toBe('REVOKED')
    await install('1.2.0')
    expect(await rollback(undefined, ['1.1.0'])).toEqual({ slug, version: '1.0.0' })
  })

  it('refuses a kept version whose files were altered, and a record that was exchanged', async () => {
    await install('1.0.0')
    await install('1.1.0')
    const path = join(folder, 'skills', slug, '1.0.0', 'SKILL.md')
    const text = await readFile(path)
    await chmod(path, 0o644)
    await writeFile(path, 'evil')
    const before = await treeOf(folder)
    expect(await codeOf(rollback('1.0.0'))).toBe('INTEGRITY_BROKEN')
    expect(await treeOf(folder)).toEqual(before)
    await writeFile(path, text)
    await chmod(path, 0o444)

    const record = home.store.keptPath(slug, '1.0.0')
    const honest = await readFile(record, 'utf8')
    const forged = sampleRelease(generateSigningKey(), { version: '1.0.0' }).envelope
    await writeFile(
      record,
      JSON.stringify({ ...JSON.parse(honest), envelope: Buffer.from(forged).toString('base64') }),
    )
    expect(await codeOf(rollback('1.0.0'))).toBe('SIGNER_UNTRUSTED')
    const other = JSON.stringify(await home.store.get(slug))
    for (const text of ['{', other, JSON.stringify({ ...JSON.parse(honest), slug: 'another' })]) {
      await writeFile(record, text)
      expect(await codeOf(rollback('1.0.0'))).toBe('STORE_DAMAGED')
    }
    await writeFile(record, honest)
    await rollback('1.0.0')
    expect(await inForce()).toBe('1.0.0')
  })

  it('installs a kept version again over its kept files', async () => {
    await install('1.0.0')
    await install('1.1.0')
    await rollback('1.0.0')
    await install('1.1.0')
    expect(await kept()).toEqual(['1.0.0'])
    await assertIntact(home.store, keys, slug)
  })

  it('has the version before in force when the last step fails, and everything as it was', async () => {
    await install('1.0.0')
    await install('1.1.0')
    const before = await treeOf(folder)
    const broken = {
      ...home,
      journal: { append: () => Promise.reject(new SkilletError('NO_SPACE', 'Full.')) },
    }
    const ports = {
      ...broken,
      assertNotRevoked: async () => {},
      assertPolicyAllows: async () => {},
      findNewSignature: async () => null,
    }
    expect(await codeOf(rollbackTo(ports, slug, '1.0.0', 'cli'))).toBe('NO_SPACE')
    expect(await treeOf(folder)).toEqual(before)
    expect(
      await codeOf(
        installSample({ ...home, journal: { ...home.journal, ...broken.journal } }, samples.get('1.2.0')!),
      ),
    ).toBe('NO_SPACE')
    // The verified download stays in the cache.
    expect(await treeOf(folder, /^(audit|cache)(\/|$)/)).toEqual(
      before.filter((line) => !line.startsWith('cache/')),
    )
  })
})

describe('pinning', () => {
  it('survives updates and going back, and is in the journal', async () => {
    await install('1.0.0')
    await setPinned(home, slug, true)
    await setPinned(home, slug, true)
    expect((await home.store.require(slug)).pinned).toBe(true)
    await install('1.1.0')
    expect((await home.store.require(slug)).pinned).toBe(true)
    await rollback()
    expect((await home.store.require(slug)).pinned).toBe(true)
    await setPinned(home, slug, false)
    expect((await home.store.require(slug)).pinned).toBe(false)
    expect(await events()).toEqual(['install', 'pin', 'install', 'rollback', 'unpin'])
    expect(await codeOf(setPinned(home, 'nothing', true))).toBe('NOT_INSTALLED')
  })

  it('leaves the record as it was when the journal cannot be written', async () => {
    await install('1.0.0')
    await writeFile(join(folder, 'audit/head.json'), '{')
    expect(await codeOf(setPinned(home, slug, true))).toBe('AUDIT_BROKEN')
    expect((await home.store.require(slug)).pinned).toBe(false)
  })
})

describe('a clock that was set back', () => {
  it('breaks nothing: updates, going back and the journal go on', async () => {
    let today = new Date('2030-01-01T00:00:00Z')
    const now = () => today
    home = await openStore(folder, keys, now)
    await install('1.0.0')
    await install('1.1.0')
    today = new Date('2026-01-01T00:00:00Z')
    home = await openStore(folder, keys, now)
    expect(home.putOff).toBeNull()
    await install('1.2.0')
    await rollback('1.0.0')
    await assertIntact(home.store, keys, slug)
    expect(await kept()).toEqual(['1.2.0', '1.1.0'])
    expect(await home.journal.verify()).toMatchObject({ ok: true, entries: 4 })
  })
})

describe('records from before', () => {
  it('open unchanged, and their version is kept at the next update', async () => {
    await install('1.0.0')
    const path = home.store.recordPath(slug)
    const { pinned: _, kept: __, withdrawn: ___, ...old } = await home.store.require(slug)
    await writeFile(path, JSON.stringify(old))
    home = await openStore(folder, keys)
    await assertIntact(home.store, keys, slug)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(old)
    await install('1.1.0')
    await rollback()
    expect(await inForce()).toBe('1.0.0')
  })
})

describe('a damaged record', () => {
  it('stops its own skill and no other, and its files stay', async () => {
    await install('1.0.0')
    await installSample(home, sampleRelease(key, { slug: 'other-skill' }))
    await writeFile(home.store.recordPath(slug), '{"schema":')
    home = await openStore(folder, keys)
    expect((await home.store.list()).map((record) => record.slug)).toEqual(['other-skill'])
    expect((await home.store.damaged()).map((one) => [one.slug, one.problem.code])).toEqual([
      [slug, 'STORE_DAMAGED'],
    ])
    expect(await codeOf(home.store.require(slug))).toBe('STORE_DAMAGED')
    expect(await codeOf(install('1.1.0'))).toBe('STORE_DAMAGED')
    await installSample(home, sampleRelease(key, { slug: 'other-skill', version: '2.0.0' }))
    expect(await readdir(join(folder, 'skills', slug))).toContain('1.0.0')
  })
})
