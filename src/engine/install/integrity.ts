import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { VerifyReport } from '../../shared/contract/library.ts'
import type { Release, ReleaseFile } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { envelopeOf, type InstallRecord, type Store } from './store.ts'

export type IntegrityReport = VerifyReport['skills'][number]

/**
 * The release of an installed skill, its signature verified again with the keys that are pinned now.
 * @throws SkilletError NOT_INSTALLED, STORE_DAMAGED, and what verifyRelease throws
 */
export async function installedRelease(
  store: Store,
  root: PublishKeys,
  slug: string,
): Promise<{ record: InstallRecord; release: Release }> {
  const record = await store.require(slug)
  const { release } = verifyRelease(envelopeOf(record), root, { slug, version: record.version })
  return { record, release }
}

/** Holds every installed file against the signed release. Reads all bytes: sizes and dates alone can be forged. */
export async function verifyInstalled(
  store: Store,
  root: PublishKeys,
  slug: string,
): Promise<IntegrityReport> {
  return compare(store, (await installedRelease(store, root, slug)).release)
}

async function compare(store: Store, release: Release): Promise<IntegrityReport> {
  const { slug } = release
  const folder = store.folderOf(slug, release.version)
  const expected = new Map(release.files.map((file) => [file.path, file]))
  const folders = new Set(release.files.flatMap(({ path }) => parentsOf(path)))
  const changed: string[] = []
  const extra: string[] = []

  async function walk(relative: string): Promise<void> {
    for (const entry of await readdir(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory() && folders.has(path)) {
        await walk(path)
        continue
      }
      const file = expected.get(path)
      if (file === undefined) extra.push(path)
      else if (!entry.isFile() || !(await matches(join(folder, path), file))) changed.push(path)
      expected.delete(path)
    }
  }

  try {
    await walk('')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // A folder that is gone: its files are still in `expected`, hence missing.
  }
  const missing = [...expected.keys()]
  const ok = changed.length + extra.length + missing.length === 0
  return { slug, version: release.version, ok, changed, missing, extra }
}

/** @throws SkilletError INTEGRITY_BROKEN naming the first file, and what verifyInstalled throws */
export async function assertIntact(store: Store, root: PublishKeys, slug: string): Promise<Release> {
  const { release } = await installedRelease(store, root, slug)
  const report = await compare(store, release)
  if (!report.ok) {
    const [what, paths] = (
      [
        ['was changed', report.changed],
        ['is missing', report.missing],
        ['was added', report.extra],
      ] as const
    ).find(([, list]) => list.length > 0)!
    throw new SkilletError('INTEGRITY_BROKEN', `${slug} is not as it was installed: ${paths[0]} ${what}.`)
  }
  return release
}

async function matches(path: string, expected: ReleaseFile): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const stats = await file.stat()
    if (stats.size !== expected.size) return false
    if (process.platform !== 'win32' && ((stats.mode & 0o100) !== 0) !== expected.executable) return false
    // A skill's files fit into memory, and one read of each is several times faster than a stream.
    return sha256Hex(await file.readFile()) === expected.sha256
  } finally {
    await file.close()
  }
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
