import { lstat, mkdir, rename, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { grantSchema, type Grant } from '../../shared/contract/overview.ts'
import { readJson, syncFolder, withDiskErrors, writeFileAtomic } from '../disk.ts'
import type { GrantStore } from '../ports.ts'
import { discard, namesIn, recordSchema, type InstallRecord, type Store } from './store.ts'

/** Written before the first step that changes what is installed: enough to finish or to undo. */
const intentSchema = z.strictObject({
  record: recordSchema,
  previous: recordSchema.nullable(),
  grants: z.array(grantSchema),
  previousGrants: z.array(grantSchema),
})
type Intent = z.infer<typeof intentSchema>

/** One install in the making: a folder under `staging`, on the same file system as `skills`. */
export interface Staged {
  readonly folder: string
  /** The extracted files. */
  readonly files: string
}

export function stagedAt(store: Store, id: string): Staged {
  const folder = join(store.paths.staging, id)
  return { folder, files: join(folder, 'files') }
}

const intentPath = (staged: Staged) => join(staged.folder, 'intent.json')
const replacedPath = (staged: Staged) => join(staged.folder, 'replaced')
const previousRecordPath = (staged: Staged) => join(staged.folder, 'previous-record.json')

/**
 * Puts staged files in force: folder, record (the step that decides), `current`, grants, then `finish`. When anything
 * fails, also `finish`, all of it is undone. A kill in between is settled by `settle` at the next start.
 */
export async function commit(
  store: Store,
  grantStore: GrantStore,
  staged: Staged,
  record: InstallRecord,
  grants: Grant[],
  finish: () => Promise<unknown>,
): Promise<void> {
  const previous = await store.get(record.slug)
  const intent: Intent = { record, previous, grants, previousGrants: await grantStore.list(record.slug) }
  try {
    await withDiskErrors(async () => {
      if (previous !== null) await writeFileAtomic(previousRecordPath(staged), JSON.stringify(previous))
      await writeFileAtomic(intentPath(staged), JSON.stringify(intent))
      const target = store.folderOf(record.slug, record.version)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      if (await exists(target)) await rename(target, replacedPath(staged))
      await rename(staged.files, target)
      await syncFolder(dirname(target))
      await writeFileAtomic(store.recordPath(record.slug), JSON.stringify(record))
      await store.writeCurrent(record.slug, record.version)
      await grantStore.put(grants)
    })
    await finish()
  } catch (error) {
    await undo(store, grantStore, staged, intent)
    throw error
  }
  try {
    await tidy(store, staged, record)
  } catch {
    // The install is in force; a file that is busy now (Windows) is removed by `recover` at the next start.
  }
}

/**
 * Finishes or undoes an install that was cut short by a kill. Returns the record when it turned out to be in force.
 * Safe to be cut short itself.
 */
export async function settle(
  store: Store,
  grantStore: GrantStore,
  staged: Staged,
): Promise<InstallRecord | null> {
  const intent = await readJson(intentPath(staged), intentSchema)
  if (intent === null) {
    await discard(staged.folder)
    return null
  }
  const { record, grants } = intent
  const inForce = await store.get(record.slug)
  if (inForce?.installId !== record.installId) {
    await undo(store, grantStore, staged, intent)
    return null
  }
  await store.writeCurrent(record.slug, record.version)
  await grantStore.put(grants)
  await tidy(store, staged, record)
  return record
}

async function undo(store: Store, grantStore: GrantStore, staged: Staged, intent: Intent): Promise<void> {
  const { record, previous, previousGrants } = intent
  const { slug, version } = record
  const target = store.folderOf(slug, version)
  await withDiskErrors(async () => {
    if (await exists(replacedPath(staged))) {
      await discard(target)
      await rename(replacedPath(staged), target)
    } else if (!(await exists(staged.files)) && previous?.version !== version) await discard(target)
    // Needs no space: the old record was set aside before anything changed.
    if (await exists(previousRecordPath(staged)))
      await rename(previousRecordPath(staged), store.recordPath(slug))
    else if (previous === null) await discard(store.recordPath(slug))
    if (previous !== null && (await store.readCurrent(slug)) !== previous.version)
      await store.writeCurrent(slug, previous.version)
    if (previous === null) {
      await discard(join(dirname(target), 'current'))
      if ((await namesIn(dirname(target))).length === 0 && (await exists(dirname(target))))
        await rmdir(dirname(target))
    }
    if (JSON.stringify(await grantStore.list(slug)) !== JSON.stringify(previousGrants)) {
      await grantStore.forget(slug)
      await grantStore.put(previousGrants)
    }
    await discard(staged.folder)
  })
}

/** Removes what the new version replaced. */
async function tidy(store: Store, staged: Staged, record: InstallRecord): Promise<void> {
  await removeOtherVersions(store, record)
  await discard(staged.folder)
}

export async function removeOtherVersions(store: Store, record: InstallRecord): Promise<void> {
  const folder = dirname(store.folderOf(record.slug, record.version))
  for (const name of await namesIn(folder))
    if (name !== record.version && name !== 'current') await discard(join(folder, name))
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
