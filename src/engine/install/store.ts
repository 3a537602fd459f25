import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { readJson, toDiskError, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import { createLock, type Lock } from './lock.ts'

/** What is installed: written last, in one step, so it is what decides after a crash. */
export const recordSchema = z.strictObject({
  schema: z.literal(1),
  /** Tells this install from every other, also of the same version: after a crash it decides whether it came to be. */
  installId: z.uuid(),
  slug: slugSchema,
  version: versionSchema,
  /** RFC 3339, UTC. */
  installedAt: z.string(),
  /** The signed release exactly as it was received, in base64: it is verified again before every run. */
  envelope: z.string(),
  keyid: sha256Schema,
  /** The registry's address, or the bundle's file name. */
  source: z.string(),
})
export type InstallRecord = z.infer<typeof recordSchema>

/**
 * What lies on disk. `skills/<slug>/<version>/` holds the files, `records/<slug>.json` says which version counts, and
 * `skills/<slug>/current` repeats that in a small text file for people and other programs: a text file can be replaced
 * in one step on every system, where Windows lets only administrators make a link. It is made again from the record
 * whenever they differ.
 */
export interface Store {
  readonly paths: Paths
  readonly lock: Lock
  list(): Promise<InstallRecord[]>
  get(slug: string): Promise<InstallRecord | null>
  /** @throws SkilletError NOT_INSTALLED */
  require(slug: string): Promise<InstallRecord>
  /** The folder of one version's files; it may not exist. */
  folderOf(slug: string, version: string): string
  recordPath(slug: string): string
  writeCurrent(slug: string, version: string): Promise<void>
  readCurrent(slug: string): Promise<string | null>
}

export function createStore(paths: Paths): Store {
  const recordPath = (slug: string) => join(paths.records, `${slugSchema.parse(slug)}.json`)
  const currentPath = (slug: string) => join(paths.skills, slugSchema.parse(slug), 'current')

  async function get(slug: string): Promise<InstallRecord | null> {
    const path = recordPath(slug)
    const record = await readJson(path, recordSchema)
    if (record !== null && record.slug !== slug)
      throw new SkilletError('STORE_DAMAGED', `${path} is about another skill.`)
    return record
  }

  return {
    paths,
    lock: createLock(join(paths.home, 'lock')),
    get,
    recordPath,
    async list() {
      const records: InstallRecord[] = []
      for (const name of await namesIn(paths.records)) {
        if (!name.endsWith('.json') || !slugSchema.safeParse(name.slice(0, -5)).success) continue
        const record = await get(name.slice(0, -5))
        if (record !== null) records.push(record)
      }
      return records
    },
    async require(slug) {
      const record = slugSchema.safeParse(slug).success ? await get(slug) : null
      if (record === null) throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`)
      return record
    },
    folderOf: (slug, version) => join(paths.skills, slugSchema.parse(slug), versionSchema.parse(version)),
    async writeCurrent(slug, version) {
      await writeFileAtomic(currentPath(slug), `${version}\n`)
    },
    async readCurrent(slug) {
      try {
        return (await readFile(currentPath(slug), 'utf8')).trim()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw toDiskError(error)
      }
    },
  }
}

/** The bytes of a record's signed release. @throws SkilletError STORE_DAMAGED */
export function envelopeOf(record: InstallRecord): Uint8Array {
  const bytes = decodeBase64(record.envelope)
  if (bytes === null) throw new SkilletError('STORE_DAMAGED', `The record of ${record.slug} is damaged.`)
  return bytes
}

/** Names in a folder, sorted; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw toDiskError(error)
  }
}

/** Removes a file or a whole folder; nothing there is fine. */
export async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
