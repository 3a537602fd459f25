import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrashedSkill } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import { readJson, toDiskError, withDiskErrors } from '../disk.ts'
import { exclusively, ownFoldersIn } from './exclusive.ts'
import { discardWhole, readRemoved, removalPath, removalSchema, slugIn } from './removal.ts'
import { envelopeOf, type InstallRecord, type Store, type StorePorts } from './store.ts'

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

/** Deletes one removed skill for good, or all of them. @throws SkilletError NOT_FOUND, BUSY */
export async function emptyTrash(ports: StorePorts, undoId: string | null): Promise<void> {
  const { paths } = ports.store
  await exclusively(ports, async () => {
    const removed = await ownFoldersIn(paths.trash)
    if (undoId !== null && !removed.includes(undoId))
      throw new SkilletError('NOT_FOUND', 'The trash no longer has it.', {
        remedy: 'Look at what is left in the trash.',
      })
    const gone = undoId === null ? removed : [undoId]
    await withDiskErrors(async () => {
      for (const id of gone) await discardWhole(join(paths.trash, id))
    })
    if (gone.length > 0)
      await ports.journal.append(
        'trash.emptied',
        null,
        gone.length === 1
          ? 'Deleted a removed skill for good.'
          : `Deleted ${gone.length} removed skills for good.`,
        { undoIds: gone },
      )
  })
}

/** When a removed skill was removed. Folders from before that was written down have only the file system's own time. */
export async function removedAtOf(folder: string): Promise<Date> {
  const removal = await readable(() => readJson(removalPath(folder), removalSchema))
  if (removal !== null) return new Date(removal.removedAt)
  try {
    return (await stat(folder)).mtime
  } catch (error) {
    throw toDiskError(error)
  }
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
