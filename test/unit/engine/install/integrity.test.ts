import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readReleaseFile } from '../../../../src/engine/install/file-content.ts'
import {
  assertIntact,
  installedRelease,
  verifyAll,
  verifyInstalled,
} from '../../../../src/engine/install/integrity.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
let folder: string
let skill: string
let home: StoreHome

async function overwrite(path: string, content: string): Promise<void> {
  await chmod(path, 0o644)
  await writeFile(path, content)
  await chmod(path, 0o444)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-integrity-'))
  home = await openStore(folder, keys)
  await installSample(home, sampleRelease(key, { more: 1 }))
  skill = home.store.folderOf(slug, '1.0.0')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('verifyInstalled', () => {
  it('finds nothing wrong with a fresh install', async () => {
    expect(await verifyInstalled(home.store, keys, slug)).toEqual({
      slug,
      version: '1.0.0',
      ok: true,
      changed: [],
      missing: [],
      extra: [],
    })
  })

  it('names each file that was changed, is missing, or was added', async () => {
    const text = await readFile(join(skill, 'SKILL.md'), 'utf8')
    // The same length: size alone would not tell.
    await overwrite(join(skill, 'SKILL.md'), text.replace('words', 'wordz'))
    await rm(join(skill, 'notes/0.md'))
    await writeFile(join(skill, 'scripts/more.sh'), '')
    await mkdir(join(skill, 'empty'))
    expect(await verifyInstalled(home.store, keys, slug)).toMatchObject({
      ok: false,
      changed: ['SKILL.md'],
      missing: ['notes/0.md'],
      extra: ['empty', 'scripts/more.sh'].toSorted(),
    })
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
  })

  it('counts a link and a lost execute bit as changes', async () => {
    // To a file that holds the same, until somebody changes it.
    await rename(join(skill, 'SKILL.md'), join(folder, 'elsewhere'))
    await symlink(join(folder, 'elsewhere'), join(skill, 'SKILL.md'))
    await chmod(join(skill, 'scripts/run.sh'), 0o444)
    const { changed } = await verifyInstalled(home.store, keys, slug)
    expect(changed.toSorted()).toEqual(['SKILL.md', 'scripts/run.sh'])
  })

  const asUser = process.platform !== 'win32' && process.getuid?.() !== 0
  it.runIf(asUser)('counts what cannot be read as changed or missing, and goes on', async () => {
    await chmod(join(skill, 'SKILL.md'), 0)
    await chmod(join(skill, 'notes'), 0)
    const report = { ok: false, changed: ['SKILL.md'], missing: ['notes/0.md'], extra: [] }
    const verifyIt = (one: string) => verifyInstalled(home.store, keys, one)
    expect(await verifyInstalled(home.store, keys, slug)).toMatchObject(report)
    expect(await verifyAll(home.store, verifyIt)).toMatchObject({ ok: false, skills: [report] })
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
    await chmod(join(skill, 'notes'), 0o755)
  })

  it.each([
    ['its folder', () => skill],
    ['the folder of all its versions', () => join(skill, '..')],
  ])('misses every file where %s is a file', async (_, where) => {
    await rm(where(), { recursive: true })
    await writeFile(where(), 'x')
    const report = await verifyInstalled(home.store, keys, slug)
    expect(report.missing.toSorted()).toEqual(['SKILL.md', 'notes/0.md', 'scripts/run.sh'])
    expect(await codeOf(assertIntact(home.store, keys, slug))).toBe('INTEGRITY_BROKEN')
  })

  it('verifies the record itself again: another signer, another version, damage', async () => {
    const path = home.store.recordPath(slug)
    const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    const forged = sampleRelease(generateSigningKey()).envelope
    await writeFile(path, JSON.stringify({ ...record, envelope: Buffer.from(forged).toString('base64') }))
    expect(await codeOf(verifyInstalled(home.store, keys, slug))).toBe('SIGNER_UNTRUSTED')
    const other = sampleRelease(key, { version: '9.0.0' }).envelope
    await writeFile(path, JSON.stringify({ ...record, envelope: Buffer.from(other).toString('base64') }))
    expect(await codeOf(verifyInstalled(home.store, keys, slug))).toBe('RELEASE_INVALID')
    await writeFile(path, '{')
    expect(await codeOf(verifyInstalled(home.store, keys, slug))).toBe('STORE_DAMAGED')
  })
})

describe('verifyAll', () => {
  const verifyEach = () => verifyAll(home.store, (one) => verifyInstalled(home.store, keys, one))

  it('reports a record that cannot be read, and verifies every other skill', async () => {
    await installSample(home, sampleRelease(key, { slug: 'other-skill' }))
    expect(await verifyEach()).toMatchObject({ ok: true, skills: [{}, {}] })
    const path = home.store.recordPath(slug)
    const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    const forged = Buffer.from(sampleRelease(generateSigningKey()).envelope).toString('base64')
    await writeFile(path, JSON.stringify({ ...record, envelope: forged }))
    expect(await verifyEach()).toMatchObject({
      ok: false,
      skills: [{ ok: true }, { slug, changed: [], problem: { code: 'SIGNER_UNTRUSTED' } }],
    })
    await writeFile(path, '{')
    const report = await verifyEach()
    expect(report.ok).toBe(false)
    expect(report.skills).toMatchObject([
      { slug: 'other-skill', ok: true },
      { slug, ok: false, changed: [`records/${slug}.json`] },
    ])
  })
})

describe('readReleaseFile', () => {
  const served = (tarball: Uint8Array) => async (_: unknown, to: string) => writeFile(to, tarball)
  const nowhere = () => Promise.reject(new Error('The registry was asked.'))

  it('reads from the installed folder without asking the registry, and not what was changed there', async () => {
    const { release } = await installedRelease(home.store, keys, slug)
    await rm(join(folder, 'cache'), { recursive: true })
    const read = () => readReleaseFile(home.store, keys, release, nowhere, 'SKILL.md')
    expect((await read()).text).toContain('Counts words')
    await overwrite(join(skill, 'SKILL.md'), 'something else')
    expect(await codeOf(read())).toBe('INTEGRITY_BROKEN')
  })

  it('reads a release that is not installed, null for what is not text, without waiting for an install', async () => {
    const { release, tarball } = sampleRelease(key, {
      slug: 'other-skill',
      beside: [
        { path: 'picture.bin', content: new Uint8Array([0, 1, 2]), executable: false },
        { path: 'long.txt', content: new Uint8Array(randomBytes(1024 * 1024 + 1)), executable: false },
      ],
    })
    const read = (path: string) => readReleaseFile(home.store, keys, release, served(tarball), path)
    await home.store.lock.hold(async () => {
      expect(await read('picture.bin')).toEqual({ path: 'picture.bin', text: null, size: 3 })
    })
    expect((await read('SKILL.md')).text).toContain('name: other-skill')
    expect(await codeOf(read('long.txt'))).toBe('TOO_LARGE')
    expect(await codeOf(read('../records/sample-skill.json'))).toBe('NOT_FOUND')
    expect(await home.store.get('other-skill')).toBeNull()
  })

  it('shows nothing of a tarball that is not what was signed', async () => {
    const { release, tarball } = sampleRelease(key, { slug: 'other-skill', version: '2.0.0' })
    const altered = Uint8Array.from(tarball)
    altered[20]! ^= 1
    expect(await codeOf(readReleaseFile(home.store, keys, release, served(altered), 'SKILL.md'))).toBe(
      'DIGEST_MISMATCH',
    )
  })
})
