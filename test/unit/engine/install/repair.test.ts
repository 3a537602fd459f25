import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extractTarball } from '../../../../src/engine/install/extract.ts'
import { assertIntact } from '../../../../src/engine/install/integrity.ts'
import { quarantine } from '../../../../src/engine/install/quarantine.ts'
import { repairSkill } from '../../../../src/engine/install/repair.ts'
import { discard } from '../../../../src/engine/install/store.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, obtainSample, openStore, type StoreHome } from '../../../support/store-home.ts'
import { treeOf } from '../../../support/tree.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const sample = sampleRelease(key, { version: '1.1.0' })
let folder: string
let home: StoreHome
let skill: string
let today = new Date('2026-11-20T12:00:00.000Z')

const now = () => today
const repair = (obtain = () => obtainSample(home, sample.release, sample.tarball)) =>
  repairSkill({ ...home, now, obtain, extract: extractTarball }, slug)

async function edit(): Promise<void> {
  const path = join(skill, 'SKILL.md')
  await chmod(path, 0o644)
  await writeFile(path, 'my own words')
  await rm(join(skill, 'scripts/run.sh'))
  await writeFile(join(skill, 'notes.txt'), 'my notes')
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-repair-'))
  today = new Date('2026-11-20T12:00:00.000Z')
  home = await openStore(folder, keys, now)
  await installSample(home, sampleRelease(key))
  await installSample(home, sample)
  skill = home.store.folderOf(slug, '1.1.0')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('repairing a skill', () => {
  it('puts back what was signed and sets the edited copy aside, for thirty days', async () => {
    const before = await treeOf(folder, /^(audit|records\/sample-skill\.json)/)
    expect(await repair()).toEqual({ keptAt: null })
    await edit()
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
    const { keptAt } = await repair()
    await assertIntact(home.store, keys, slug)
    expect(keptAt).toBe(join(folder, 'edited', `${slug}-1.1.0-20261120T120000000Z`))
    expect(await readFile(join(keptAt!, 'SKILL.md'), 'utf8')).toBe('my own words')
    expect(await readFile(join(keptAt!, 'notes.txt'), 'utf8')).toBe('my notes')
    expect(await treeOf(folder, /^(audit|edited|records\/sample-skill\.json)/)).toEqual(before)
    expect((await home.store.require(slug)).kept.map(({ version }) => version)).toEqual(['1.0.0'])
    const [entry] = await home.journal.list({ limit: 1, before: null })
    expect(entry).toMatchObject({ event: 'repair', detail: { changed: ['SKILL.md'], extra: ['notes.txt'] } })

    today = new Date('2026-12-20T11:59:00Z')
    await openStore(folder, keys, now)
    expect(await readdir(join(folder, 'edited'))).toHaveLength(1)
    today = new Date('2026-12-20T12:01:00Z')
    await home.journal.append('note', null, 'Something happened.')
    await openStore(folder, keys, now)
    expect(await readdir(join(folder, 'edited'))).toEqual([])
  })

  it('sets each edited copy aside by itself, also while the clock is behind', async () => {
    today = new Date('2026-11-20T11:00:00.000Z')
    await edit()
    const first = await repair()
    await edit()
    const second = await repair()
    expect(second.keptAt).not.toBe(first.keptAt)
    for (const { keptAt } of [first, second])
      expect(await readFile(join(keptAt!, 'notes.txt'), 'utf8')).toBe('my notes')
    expect(await readdir(join(folder, 'staging'))).toEqual([])
  })

  it('frees a home in which something lies where the edited copy was to go', async () => {
    await edit()
    const { journal } = home
    await repairSkill(
      {
        ...home,
        now,
        obtain: () => obtainSample(home, sample.release, sample.tarball),
        extract: extractTarball,
        journal: {
          ...journal,
          append: async (event, of, text, detail) => {
            await mkdir(join(String(detail?.['keptAt']), 'x'), { recursive: true })
            return journal.append(event, of, text, detail)
          },
        },
      },
      slug,
    )
    expect(await readdir(join(folder, 'staging'))).toEqual([])
    expect(await readdir(join(folder, 'edited'))).toHaveLength(2)
  })

  it('brings a folder back that is gone altogether', async () => {
    await rm(skill, { recursive: true })
    const { keptAt } = await repair()
    await assertIntact(home.store, keys, slug)
    expect(await readdir(keptAt!)).toEqual([])
  })

  it.each([
    ['its folder', () => skill],
    ['the folder of all its versions', () => join(skill, '..')],
  ])('puts it back where %s is a file', async (_, where) => {
    await rm(where(), { recursive: true })
    await writeFile(where(), 'something else')
    const { keptAt } = await repair()
    await assertIntact(home.store, keys, slug)
    expect(await readFile(keptAt!, 'utf8')).toBe('something else')
  })

  const asUser = process.platform !== 'win32' && process.getuid?.() !== 0
  it.runIf(asUser).each([
    ['a file', () => join(skill, 'SKILL.md')],
    ['a folder in it', () => join(skill, 'scripts')],
    ['its folder', () => skill],
    ['the folder of all its versions', () => join(skill, '..')],
  ])('puts it back where %s cannot be read', async (_, where) => {
    await chmod(where(), 0)
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
    await repair()
    await assertIntact(home.store, keys, slug)
    // Also what was set aside can be deleted in the end.
    await discard(join(folder, 'edited'))
    expect(await readdir(folder)).not.toContain('edited')
  })

  it('leaves the edited files in place when the signed ones cannot be had, or not be saved', async () => {
    await edit()
    const before = await treeOf(folder)
    const unreachable = () => Promise.reject(new SkilletError('REGISTRY_UNREACHABLE', 'No answer.'))
    expect(await codeOf(repair(unreachable))).toBe('REGISTRY_UNREACHABLE')
    await writeFile(join(folder, 'audit/head.json'), '{')
    expect(await codeOf(repair())).toBe('AUDIT_BROKEN')
    expect(await treeOf(folder)).toEqual(before)
  })

  it('does not bring back what was withdrawn', async () => {
    await quarantine(home, slug, '1.1.0', {
      reason: 'It sends files away.',
      severity: 'high',
      revokedAt: '2026-11-20T00:00:00Z',
      rotate: [],
      saferVersion: null,
    })
    await rm(join(folder, 'quarantine', slug, '1.1.0', 'SKILL.md'))
    expect(await codeOf(repair())).toBe('REVOKED')
  })
})
