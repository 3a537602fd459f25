import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'
import type { Engine } from '../api.ts'
import { readOnlyAtOnce } from '../disk.ts'
import type { RegistryTrust } from '../ports.ts'
import { installedRelease } from './integrity.ts'
import type { RecordReader } from './read-records.ts'
import type { Store } from './store.ts'

interface Ports {
  readonly store: Store
  readonly trust: Pick<RegistryTrust, 'lastKnownKeys'>
  readonly records: RecordReader
}

/** Bytes of the longest file that is handed out. */
const maxBytes = 4 * 1024 * 1024

/** What installed skills consist of, by their signed releases, for agents that read them. Nothing in quarantine. */
export function createInstalledContent({
  store,
  trust,
  records,
}: Ports): Pick<Engine, 'installedFiles' | 'readInstalled'> {
  return {
    async installedFiles() {
      return (await records.list()).flatMap(({ record, release }) =>
        record.withdrawn === null
          ? [{ slug: record.slug, version: record.version, skill: release.skill, files: release.files }]
          : [],
      )
    },

    async readInstalled(slug, path) {
      const { record, release } = await installedRelease(store, await trust.lastKnownKeys(), slug)
      if (record.withdrawn !== null)
        throw new SkilletError('REVOKED', `${slug} was withdrawn: ${record.withdrawn.reason}`)
      const file = release.files.find((one) => one.path === path)
      if (file === undefined) throw new SkilletError('NOT_FOUND', `${slug} has no file ${path}.`)
      if (file.size > maxBytes)
        throw new SkilletError('TOO_LARGE', `${path} is too large to be read this way.`)
      const content = await readPlainFile(join(store.filesOf(record), ...path.split('/')), file.size)
      if (content === null || sha256Hex(content) !== file.sha256)
        throw new SkilletError(
          'INTEGRITY_BROKEN',
          `${slug} is not as it was installed: ${path} was changed.`,
          {
            remedy: `Repair it in the Library, or with: skillet verify ${slug} --repair`,
          },
        )
      return content
    },
  }
}

/** Null for what isn't an ordinary file of this size. */
async function readPlainFile(path: string, size: number): Promise<Uint8Array | null> {
  const file = await open(path, readOnlyAtOnce | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ELOOP' || error.code === 'ENOTDIR') return null
      throw error
    },
  )
  if (file === null) return null
  try {
    const stats = await file.stat()
    return stats.isFile() && stats.size === size ? await file.readFile() : null
  } finally {
    await file.close()
  }
}
