import { randomUUID } from 'node:crypto'
import { chmod, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { makeFolder, statIfThere, withDiskErrors } from '../disk.ts'
import { commit } from './commit.ts'
import { editedPath } from './edited.ts'
import { exclusively } from './exclusive.ts'
import { installedRelease, verifyInstalled } from './integrity.ts'
import type { StorePorts } from './store.ts'

export interface RepairPorts extends StorePorts {
  /** Whose signatures count now. */
  readonly keys: PublishKeys
  /** The verified tarball of a release, from the cache or fetched; returns its path. Asked without the lock. */
  readonly obtain: (release: Release) => Promise<string>
  /** Extracts it into a folder that doesn't exist, and has it on disk when it returns. */
  readonly extract: (tarball: string, release: Release, folder: string) => Promise<void>
  readonly now?: () => Date
}

/**
 * Puts back exactly what was signed. What was there is kept for 30 days in `keptAt`, a folder of Skillet's own, empty
 * where everything had been deleted; null when nothing differed.
 * @throws SkilletError NOT_INSTALLED, REVOKED for a skill in quarantine, BUSY, NO_SPACE, NOT_WRITABLE, and what `obtain`
 *   throws
 */
export async function repairSkill(ports: RepairPorts, slug: string): Promise<{ keptAt: string | null }> {
  const { store, keys, journal } = ports
  const before = await verifyInstalled(store, keys, slug)
  if (before.ok) return { keptAt: null }
  const found = await installedRelease(store, keys, slug)
  if (found.record.withdrawn !== null)
    throw new SkilletError('REVOKED', `${slug} was withdrawn and lies in quarantine.`)
  const tarball = await ports.obtain(found.release)

  return exclusively(ports, slug, async () => {
    // Another Skillet may have updated or repaired it meanwhile.
    const report = await verifyInstalled(store, keys, slug)
    if (report.ok) return { keptAt: null }
    const { record, release } = await installedRelease(store, keys, slug)
    if (release.tarball.sha256 !== found.release.tarball.sha256)
      throw new SkilletError('BUSY', `${slug} was updated in the meantime.`)
    const keptAt = await editedPath(store, record, (ports.now ?? (() => new Date()))())
    const folder = store.folderOf(slug, record.version)
    await withDiskErrors(() => makeReplaceable(folder, keptAt))
    const { schema, installedAt, envelope, keyid, source, version } = record
    await commit(ports, {
      record: { schema, installId: randomUUID(), slug, version, installedAt, envelope, keyid, source },
      grants: [],
      extract: (to) => ports.extract(tarball, release, to),
      keepReplacedAt: keptAt,
      finish: () =>
        journal.append('repair', slug, `Put ${release.skill.title} ${version} back as it was signed.`, {
          version,
          changed: report.changed,
          missing: report.missing,
          extra: report.extra,
          keptAt,
        }),
    })
    return { keptAt }
  })
}

/** Whatever lies in the way of a version's folder, or keeps it from being moved, doesn't any more. */
async function makeReplaceable(folder: string, keptAt: string): Promise<void> {
  const above = dirname(folder)
  const stats = await statIfThere(above)
  if (stats?.isDirectory() === true) await chmod(above, 0o700)
  else if (stats !== null) {
    await makeFolder(dirname(keptAt))
    await rename(above, keptAt)
  }
  const present = await statIfThere(folder)
  if (present === null) await makeFolder(folder)
  else if (present.isDirectory()) await chmod(folder, 0o755)
}
