import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropKept } from '../../../../src/engine/install/drop-kept.ts'
import { assertIntact, verifyInstalled } from '../../../../src/engine/install/integrity.ts'
import { quarantine } from '../../../../src/engine/install/quarantine.ts'
import { removeSkill, restoreSkill } from '../../../../src/engine/install/remove.ts'
import { rollbackTo } from '../../../../src/engine/install/rollback.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { exists } from '../../../../src/engine/disk.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'
import { treeOf } from '../../../support/tree.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const withdrawn = {
  reason: 'It sends files away.',
  severity: 'critical' as const,
  revokedAt: '2026-11-20T00:00:00Z',
  rotate: [{ name: 'EXAMPLE_API_KEY', title: 'Example API key' }],
  saferVersion: null,
}
let folder: string
let home: StoreHome

const install = (version: string) => installSample(home, sampleRelease(key, { version }))
const inSkills = () => exists(join(folder, 'skills', slug))
const versionsIn = (where: string) => readdir(join(folder, where, slug))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-quarantine-'))
  home = await openStore(folder, keys)
  await install('1.0.0')
  await install('2.0.0')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('quarantine', () => {
  it('takes a skill out of use and out of the folder of skills, and says why', async () => {
    await assertIntact(home.store, keys, slug)
    const done = await quarantine(home, slug, '2.0.0', withdrawn)
    expect(done).toMatchObject({ isNew: true, problem: null, record: { withdrawn } })
    expect(await inSkills()).toBe(false)
    expect(await versionsIn('quarantine')).toEqual(['1.0.0', '2.0.0'])
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('REVOKED')
    expect((await home.store.list()).map((record) => record.withdrawn)).toEqual([withdrawn])
    expect((await verifyInstalled(home.store, keys, slug)).ok).toBe(true)
    expect((await home.journal.list({ limit: 1, before: null }))[0]?.event).toBe('quarantine')

    const again = await quarantine(home, slug, '2.0.0', { ...withdrawn, saferVersion: '1.0.0' })
    expect(again).toMatchObject({ isNew: false, record: { withdrawn: { saferVersion: '1.0.0' } } })
    expect(await home.journal.verify()).toMatchObject({ ok: true, entries: 3 })
  })

  it('leaves a skill alone that is at another version by now', async () => {
    expect(await quarantine(home, slug, '1.0.0', withdrawn)).toBeNull()
    await assertIntact(home.store, keys, slug)
  })

  it('happens although the journal is broken', async () => {
    await writeFile(join(folder, 'audit/head.json'), '{')
    const done = await quarantine(home, slug, '2.0.0', withdrawn)
    expect(done?.problem?.code).toBe('AUDIT_BROKEN')
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('REVOKED')
    expect(await inSkills()).toBe(false)
  })

  it.skipIf(process.getuid?.() === 0)(
    'moves the files away although the record cannot be written, and says so',
    async () => {
      await chmod(join(folder, 'records'), 0o555)
      const refused = await codeOf(quarantine(home, slug, '2.0.0', withdrawn))
      await chmod(join(folder, 'records'), 0o755)
      expect(refused).toBe('NOT_WRITABLE')
      expect(await inSkills()).toBe(false)
      expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
    },
  )

  it('is finished at the next start when a kill cut it short', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    await rename(join(folder, 'quarantine', slug), join(folder, 'skills', slug))
    home = await openStore(folder, keys)
    expect(await inSkills()).toBe(false)
    expect(await versionsIn('quarantine')).toEqual(['1.0.0', '2.0.0'])
  })

  it('ends with the same version installed again, or with another one', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    await install('2.0.0')
    expect((await assertIntact(home.store, keys, slug)).version).toBe('2.0.0')
    expect(await versionsIn('skills')).toEqual(['1.0.0', '2.0.0', 'current'])
    expect(await exists(join(folder, 'quarantine', slug))).toBe(false)

    await quarantine(home, slug, '2.0.0', withdrawn)
    await install('3.0.0')
    // What was withdrawn isn't offered for going back.
    expect((await home.store.require(slug)).kept.map(({ version }) => version)).toEqual(['1.0.0'])
    expect(await versionsIn('skills')).toEqual(['1.0.0', '3.0.0', 'current'])
    expect(await exists(join(folder, 'quarantine', slug))).toBe(false)
  })

  it('ends with going back to a version that was not withdrawn', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    const ports = {
      ...home,
      assertNotRevoked: async () => {},
      assertPolicyAllows: async () => {},
      findNewSignature: async () => null,
    }
    await rollbackTo(ports, slug, '1.0.0', 'window')
    expect((await assertIntact(home.store, keys, slug)).version).toBe('1.0.0')
    expect(await versionsIn('skills')).toEqual(['1.0.0', 'current'])
    expect(await exists(join(folder, 'quarantine', slug))).toBe(false)
    expect((await home.store.require(slug)).kept).toEqual([])
  })

  it('stays when an install over it fails', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    const before = await treeOf(folder, /^(audit|cache)(\/|$)/)
    const journal = { ...home.journal, append: () => Promise.reject(new Error('x')) }
    for (const version of ['2.0.0', '3.0.0'])
      await expect(installSample({ ...home, journal }, sampleRelease(key, { version }))).rejects.toThrow('x')
    expect(await treeOf(folder, /^(audit|cache)(\/|$)/)).toEqual(before)
  })

  it('goes through the trash and back', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    const before = await treeOf(folder)
    const { undoId } = await removeSkill(home, slug)
    expect(await exists(join(folder, 'quarantine', slug))).toBe(false)
    await restoreSkill(home, undoId)
    expect(await treeOf(folder)).toEqual(before)
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('REVOKED')
  })
})

describe('a kept version that was withdrawn', () => {
  const drop = () =>
    dropKept(home, slug, (version) => {
      if (version !== '1.0.0') return null
      const { reason, severity, revokedAt } = withdrawn
      return { slug, version, reason, severity, revokedAt, rotate: [] }
    })

  it('is deleted and in the journal, and the version in force stays', async () => {
    expect(await drop()).toBeNull()
    expect(await versionsIn('skills')).toEqual(['2.0.0', 'current'])
    expect(await exists(home.store.keptPath(slug, '1.0.0'))).toBe(false)
    expect(await home.store.require(slug)).toMatchObject({ version: '2.0.0', kept: [], withdrawn: null })
    await assertIntact(home.store, keys, slug)
    expect((await home.journal.list({ limit: 1, before: null }))[0]?.event).toBe('kept.withdrawn')
    expect(await drop()).toBeNull()
    expect(await home.journal.verify()).toMatchObject({ ok: true, entries: 3 })
  })

  it('is deleted although the journal is broken, from quarantine too, and at the next start after a kill', async () => {
    await quarantine(home, slug, '2.0.0', withdrawn)
    await writeFile(join(folder, 'audit/head.json'), '{')
    expect((await drop())?.code).toBe('AUDIT_BROKEN')
    expect(await versionsIn('quarantine')).toEqual(['2.0.0'])
    await mkdir(join(folder, 'quarantine', slug, '1.0.0'))
    home = await openStore(folder, keys)
    expect(await versionsIn('quarantine')).toEqual(['2.0.0'])
  })
})
