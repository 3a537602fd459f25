import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrashedSkill } from '../../shared/contract/library.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { readJson, statIfThere, toDiskError } from '../disk.ts'
import { exclusively, ownFoldersIn } from './exclusive.ts'
import { readRemoved, recordName, removalPath, removalSchema, slugIn } from './removal.ts'
import { discard, envelopeOf, namesIn, type InstallRecord, type Store, type StorePorts } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
/** How long what was removed can be brought back, and how long an edited copy is kept. */
export const keptDays = 30

/**
 * Removed skills, newest first. `keys`: whose signatures count now; a skill that none of them signed is listed by its
 * name alone.
 */
export async function listTrash(store: Store, keys: PublishKeys | null): Promise<TrashedSkill[]> {
  const listed: TrashedSkill[] = []
  for (const undoId of await ownFoldersIn(store.paths.trash)) {
    const folder = join(store.paths.trash, undoId)
    const slug = await slugIn(folder)
    if (slug === null) continue
    const record = await readable(() => readRemoved(store, folder, slug))
    // It can't be brought back; emptying the trash deletes it like all others.
    if (record === null) continue
    const removedAt = await removedAtOf(folder)
    if (removedAt === null) continue
    listed.push({
      undoId,
      slug,
      version: record.version,
      title: titleOf(record, keys) ?? slug,
      removedAt: removedAt.toISOString(),
      keptUntil: new Date(removedAt.getTime() + keptDays * dayMs).toISOString(),
    })
  }
  return listed.sort((a, b) => b.removedAt.localeCompare(a.removedAt))
}

/**
 * Deletes one removed skill for good, or all of them. One that can't be deleted stays listed and is thrown for after all
 * others were deleted. @throws SkilletError NOT_FOUND, BUSY, NOT_WRITABLE
 */
export async function emptyTrash(ports: StorePorts, undoId: string | null): Promise<void> {
  const { paths } = ports.store
  await exclusively(ports, null, async () => {
    const removed = await ownFoldersIn(paths.trash)
    if (undoId !== null && !removed.includes(undoId))
      throw new SkilletError('NOT_FOUND', 'The trash no longer has it.', {
        remedy: 'Look at what is left in the trash.',
      })
    const gone: string[] = []
    const failed: { folder: string; error: unknown }[] = []
    for (const id of undoId === null ? removed : [undoId]) {
      const folder = join(paths.trash, id)
      await discardRemoved(folder).then(
        () => gone.push(id),
        (error: unknown) => failed.push({ folder, error }),
      )
    }
    if (gone.length > 0)
      await ports.journal.append(
        'trash.emptied',
        null,
        gone.length === 1
          ? 'Deleted a removed skill for good.'
          : `Deleted ${gone.length} removed skills for good.`,
        { undoIds: gone },
      )
    const [first] = failed
    if (first !== undefined)
      throw new SkilletError(
        toSkilletError(toDiskError(first.error)).code,
        'A removed skill could not be deleted completely. It is still in the trash.',
        { remedy: `Delete ${first.folder} yourself.`, cause: first.error },
      )
  })
}

/** What says which skill it is goes last: while anything is left of it, the trash lists it. */
async function discardRemoved(folder: string): Promise<void> {
  const gone = `${folder}.gone`
  await rename(folder, gone)
  try {
    const slug = await slugIn(gone)
    const last = [removalPath(gone), ...(slug === null ? [] : [join(gone, recordName(slug))])]
    for (const name of await namesIn(gone))
      if (!last.includes(join(gone, name))) await discard(join(gone, name))
    await discard(gone)
  } catch (error) {
    await rename(gone, folder)
    throw error
  }
}

/** When a removed skill was removed. Folders from before that was written down have only the file system's own time. */
export async function removedAtOf(folder: string): Promise<Date | null> {
  const removal = await readable(() => readJson(removalPath(folder), () => removalSchema))
  if (removal !== null) return new Date(removal.removedAt)
  return (await statIfThere(folder))?.mtime ?? null
}

function titleOf(record: InstallRecord, keys: PublishKeys | null): string | null {
  if (keys === null) return null
  try {
    return verifyRelease(envelopeOf(record), keys, record).release.skill.title
  } catch (error) {
    // What nobody trusted has signed may not choose how it is called.
    if (error instanceof SkilletError) return null
    throw error
  }
}

/** Null for what is damaged: it must not hide everything else in the trash. */
async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof SkilletError && error.code === 'STORE_DAMAGED') return null
    throw error
  }
}
