import { chmod, lstat, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { withdrawnSchema } from '../../shared/withdrawn.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { readJson, toDiskError, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import type { GrantStore, Journal } from '../ports.ts'
import { createLock, type Lock } from './lock.ts'

/**
 * What is installed: put in place in one step, so it is what decides after a crash. The fields with a default came
 * later: records that lack them are as good.
 */
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
  /** Stays at this version until the person says otherwise. */
  pinned: z.boolean().default(false),
  /** Earlier versions whose files and records are kept for going back, newest first. */
  kept: z.array(z.strictObject({ version: versionSchema, installedAt: z.string() })).default([]),
  /** Set once the registry has withdrawn it: its files are in quarantine and nothing runs them. */
  withdrawn: withdrawnSchema.nullable().default(null),
})
export type InstallRecord = z.infer<typeof recordSchema>

/** What an install knows. The rest passes from one record of a skill to the next. */
export type NewRecord = Omit<InstallRecord, 'pinned' | 'kept' | 'withdrawn'>

/** A record that can't be read. Its skill can't be used; all others can. */
export interface DamagedRecord {
  readonly slug: string
  readonly problem: SkilletError
}

/**
 * What lies on disk. `skills/<slug>/<version>/` holds the files, `records/<slug>.json` says which version counts and
 * which are kept, and `skills/<slug>/current` repeats the first in a small text file for people and other programs: a
 * text file can be replaced in one step on every system, where Windows lets only administrators make a link. It is made
 * again from the record whenever they differ.
 */
export interface Store {
  readonly paths: Paths
  readonly lock: Lock
  /** All records that can be read; `damaged` names the others. */
  list(): Promise<InstallRecord[]>
  damaged(): Promise<DamagedRecord[]>
  /** @throws SkilletError STORE_DAMAGED */
  get(slug: string): Promise<InstallRecord | null>
  /** @throws SkilletError NOT_INSTALLED, STORE_DAMAGED */
  require(slug: string): Promise<InstallRecord>
  /** The folder of one version's files under `skills`; it may not exist. */
  folderOf(slug: string, version: string): string
  /** Where the files that a record is about lie now: under `skills`, or in quarantine. */
  filesOf(record: InstallRecord): string
  recordPath(slug: string): string
  /** The record of a version that is kept. */
  keptPath(slug: string, version: string): string
  writeCurrent(slug: string, version: string): Promise<void>
  readCurrent(slug: string): Promise<string | null>
}

/** What a change of the store goes through. */
export interface StorePorts {
  readonly store: Store
  readonly grants: GrantStore
  readonly journal: Journal
}

export function createStore(paths: Paths): Store {
  const recordPath = (slug: string) => join(paths.records, `${slugSchema.parse(slug)}.json`)
  const currentPath = (slug: string) => join(paths.skills, slugSchema.parse(slug), 'current')
  const inFolder = (folder: string, slug: string, version: string) =>
    join(folder, slugSchema.parse(slug), versionSchema.parse(version))

  async function get(slug: string): Promise<InstallRecord | null> {
    const path = recordPath(slug)
    const record = await readJson(path, () => recordSchema)
    if (record !== null && record.slug !== slug)
      throw new SkilletError('STORE_DAMAGED', `${path} is about another skill.`)
    return record
  }

  async function readAll(): Promise<{ records: InstallRecord[]; damaged: DamagedRecord[] }> {
    const records: InstallRecord[] = []
    const damaged: DamagedRecord[] = []
    for (const name of await namesIn(paths.records)) {
      const slug = name.slice(0, -5)
      if (!name.endsWith('.json') || !slugSchema.safeParse(slug).success) continue
      // One is read at once; of many, others have their turn in between.
      if (records.length % 16 === 15) await setImmediate()
      try {
        const record = await get(slug)
        if (record !== null) records.push(record)
      } catch (error) {
        if (!(error instanceof SkilletError) || error.code !== 'STORE_DAMAGED') throw error
        damaged.push({ slug, problem: error })
      }
    }
    return { records, damaged }
  }

  return {
    paths,
    lock: createLock(join(paths.home, 'lock')),
    get,
    recordPath,
    list: async () => (await readAll()).records,
    damaged: async () => (await readAll()).damaged,
    async require(slug) {
      const record = slugSchema.safeParse(slug).success ? await get(slug) : null
      if (record === null) throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`)
      return record
    },
    folderOf: (slug, version) => inFolder(paths.skills, slug, version),
    filesOf: ({ slug, version, withdrawn }) =>
      inFolder(withdrawn === null ? paths.skills : paths.quarantine, slug, version),
    keptPath: (slug, version) => `${inFolder(paths.kept, slug, version)}.json`,
    async writeCurrent(slug, version) {
      // Not worth waiting for the disk: it only repeats the record, and each start compares the two.
      const write = () => writeFileAtomic(currentPath(slug), `${version}\n`, { sync: false })
      await write().catch(async (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
        await discard(currentPath(slug))
        await write()
      })
    },
    async readCurrent(slug) {
      try {
        return (await readFile(currentPath(slug), 'utf8')).trim()
      } catch (error) {
        if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
        throw toDiskError(error)
      }
    },
  }
}

/** The bytes of a record's signed release. @throws SkilletError STORE_DAMAGED */
export function envelopeOf(record: NewRecord): Uint8Array {
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

/** Removes a file or a whole folder, also one that a skill made read-only; nothing there is fine. */
export async function discard(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    await makeFoldersWritable(path)
    await rm(path, { recursive: true, force: true })
  }
}

async function makeFoldersWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return
  await chmod(path, 0o700)
  for (const name of await readdir(path)) await makeFoldersWritable(join(path, name))
}
