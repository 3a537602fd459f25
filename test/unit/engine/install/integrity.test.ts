import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readReleaseFile } from '../../../../src/engine/install/file-content.ts'
import { assertIntact, installedRelease, verifyInstalled } from '../../../../src/engine/install/integrity.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { openHome } from '../../../support/install-home.ts'
import { startTinyRegistry, textFile, type TinyRegistry } from '../../../support/tiny-registry.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const root = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
let folder: string
let skill: string
let registry: TinyRegistry
let home: Awaited<ReturnType<typeof openHome>>

async function overwrite(path: string, content: string): Promise<void> {
  await chmod(path, 0o644)
  await writeFile(path, content)
  await chmod(path, 0o444)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-integrity-'))
  registry = await startTinyRegistry(key)
  registry.publish()
  home = await openHome({ home: folder, registryUrl: registry.url, root })
  const plan = await home.installer.plan({ slug })
  await home.installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'window')
  skill = home.store.folderOf(slug, '1.0.0')
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('verifyInstalled', () => {
  it('finds nothing wrong with a fresh install', async () => {
    expect(await verifyInstalled(home.store, root, slug)).toEqual({
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
    await rm(join(skill, 'notes/read-me.md'))
    await writeFile(join(skill, 'scripts/more.sh'), '')
    await mkdir(join(skill, 'empty'))
    expect(await verifyInstalled(home.store, root, slug)).toMatchObject({
      ok: false,
      changed: ['SKILL.md'],
      missing: ['notes/read-me.md'],
      extra: ['empty', 'scripts/more.sh'].toSorted(),
    })
    expect(await codeOf(assertIntact(home.store, root, slug))).toBe('INTEGRITY_BROKEN')
  })

  it('counts a link and a lost execute bit as changes', async () => {
    await rm(join(skill, 'SKILL.md'))
    await writeFile(join(folder, 'elsewhere'), 'x')
    await symlink(join(folder, 'elsewhere'), join(skill, 'SKILL.md'))
    await chmod(join(skill, 'scripts/run.sh'), 0o444)
    const { changed } = await verifyInstalled(home.store, root, slug)
    expect(changed.toSorted()).toEqual(['SKILL.md', 'scripts/run.sh'])
  })

  it('verifies the record itself again: another signer, another version, damage', async () => {
    const path = home.store.recordPath(slug)
    const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    const forged = registry.publish({ slug, version: '1.0.0' }, generateSigningKey()).envelope
    await writeFile(path, JSON.stringify({ ...record, envelope: Buffer.from(forged).toString('base64') }))
    expect(await codeOf(verifyInstalled(home.store, root, slug))).toBe('SIGNER_UNTRUSTED')
    const other = registry.publish({ slug, version: '9.0.0' }).envelope
    await writeFile(path, JSON.stringify({ ...record, envelope: Buffer.from(other).toString('base64') }))
    expect(await codeOf(verifyInstalled(home.store, root, slug))).toBe('RELEASE_INVALID')
    await writeFile(path, '{')
    expect(await codeOf(verifyInstalled(home.store, root, slug))).toBe('STORE_DAMAGED')
  })
})

describe('readReleaseFile', () => {
  const fetch = () => (tarball: { sha256: string; size: number }, to: string) =>
    home.registry.downloadTarball(tarball, to, {})

  it('reads from the installed folder without asking the registry, and not what was changed there', async () => {
    const { release } = await installedRelease(home.store, root, slug)
    await registry.stop()
    const read = () => readReleaseFile(home.store, root, release, fetch(), 'SKILL.md')
    expect((await read()).text).toContain('Counts words')
    await overwrite(join(skill, 'SKILL.md'), 'something else')
    expect(await codeOf(read())).toBe('INTEGRITY_BROKEN')
    registry = await startTinyRegistry(key)
  })

  it('reads a release that is not installed, null for what is not text', async () => {
    const { release } = registry.publish({
      slug: 'other-skill',
      files: [
        textFile('SKILL.md', '# Other\n'),
        { path: 'picture.bin', content: new Uint8Array([0, 1, 2]), executable: false },
        { path: 'long.txt', content: new Uint8Array(randomBytes(1024 * 1024 + 1)), executable: false },
      ],
    })
    const read = (path: string) => readReleaseFile(home.store, root, release, fetch(), path)
    expect(await read('SKILL.md')).toEqual({ path: 'SKILL.md', text: '# Other\n', size: 8 })
    expect(await read('picture.bin')).toEqual({ path: 'picture.bin', text: null, size: 3 })
    expect(await codeOf(read('long.txt'))).toBe('TOO_LARGE')
    expect(await codeOf(read('../records/sample-skill.json'))).toBe('NOT_FOUND')
    expect(await home.store.get('other-skill')).toBeNull()
  })

  it('shows nothing of a tarball that is not what was signed', async () => {
    const { tarball } = registry.publish({ slug: 'other-skill', version: '2.0.0' })
    const served = Uint8Array.from(tarball)
    served[20]! ^= 1
    const { release } = registry.publish({ slug: 'other-skill', version: '2.0.0', served })
    expect(await codeOf(readReleaseFile(home.store, root, release, fetch(), 'SKILL.md'))).toBe(
      'DIGEST_MISMATCH',
    )
  })
})
