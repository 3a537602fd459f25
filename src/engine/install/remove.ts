import { randomUUID } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { allDone, exists, syncFolder, withDiskErrors, writeFileAtomic, makeFolder } from '../disk.ts'
import { stagedAt } from './commit.ts'
import { exclusively } from './exclusive.ts'
import {
  finishRemoval,
  finishRestore,
  grantsPath,
  readRemoved,
  recordName,
  removalPath,
  removalSchema,
  restoringPath,
  slugIn,
} from './removal.ts'
import { discard, type StorePorts } from './store.ts'
import { latest } from './wall-clock.ts'

/**
 * Moves a skill, its kept versions, its state and its grants to the trash; `restoreSkill` brings all of them back.
 * Moving the record is the step that decides: after a kill, what it began is finished.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function removeSkill(
  ports: StorePorts,
  slug: string,
  now: () => Date = () => new Date(),
): Promise<{ undoId: string }> {
  const { store, grants, journal } = ports
  return exclusively(ports, async () => {
    const record = await store.require(slug)
    const undoId = randomUUID()
    const { folder } = stagedAt(store, undoId)
    const removal = removalSchema.parse({
      schema: 1,
      slug,
      version: record.version,
      removedAt: latest(now(), record.installedAt),
    })
    await withDiskErrors(async () => {
      await makeFolder(store.paths.trash)
      await makeFolder(folder)
      try {
        await allDone([
          writeFileAtomic(grantsPath(folder), JSON.stringify(await grants.list(slug))),
          writeFileAtomic(removalPath(folder), JSON.stringify(removal)),
        ])
        // Ahead of the step that decides: where the journal can't be written, nothing is removed.
        await journal.append('remove', slug, `Removed ${slug} ${record.version}.`, {
          version: record.version,
          undoId,
        })
        await moveRecord(ports, slug, join(folder, recordName(slug)))
      } catch (error) {
        await discard(folder)
        throw error
      }
      await allDone([syncFolder(folder), syncFolder(store.paths.records)])
      await finishRemoval(ports, folder, slug)
      await syncFolder(store.paths.trash)
    })
    return { undoId }
  })
}

/** The step that decides. The journal has the removal already, so it must hear when it didn't come to be. */
async function moveRecord({ store, journal }: StorePorts, slug: string, to: string): Promise<void> {
  try {
    await rename(store.recordPath(slug), to)
  } catch (error) {
    await journal
      .append('remove.failed', slug, `${slug} could not be removed and is still there.`)
      // The disk's own refusal is what the person must hear of.
      .catch(() => undefined)
    throw error
  }
}

/**
 * Brings a removed skill back. Taking its folder out of the trash is the step that decides.
 * @throws SkilletError NOT_FOUND when the trash no longer has it; INPUT_INVALID when the skill was installed again
 *   meanwhile; BUSY
 */
export async function restoreSkill(ports: StorePorts, undoId: string): Promise<{ slug: string }> {
  const { store, journal } = ports
  return exclusively(ports, async () => {
    const inTrash = join(store.paths.trash, z.uuid().safeParse(undoId).success ? undoId : 'none')
    const slug = await slugIn(inTrash)
    if (slug === null)
      throw new SkilletError('NOT_FOUND', 'This removal can no longer be undone.', {
        remedy: 'Install the skill again from Discover.',
      })
    if ((await store.get(slug)) !== null)
      throw new SkilletError('INPUT_INVALID', `${slug} was installed again in the meantime.`, {
        remedy: 'Remove the installed one first.',
      })
    await readRemoved(store, inTrash, slug)
    const { folder } = stagedAt(store, undoId)
    await withDiskErrors(async () => {
      await writeFileAtomic(restoringPath(inTrash), JSON.stringify({ slug }))
      try {
        // Ahead of the step that decides: where the journal can't be written, nothing is brought back.
        await journal.append('restore', slug, `Brought ${slug} back.`, { undoId })
        await rename(inTrash, folder)
      } catch (error) {
        await discard(restoringPath(inTrash))
        throw error
      }
      try {
        await finishRestore(ports, folder, slug)
      } catch (error) {
        await putBack(ports, folder, inTrash, slug)
        throw error
      }
    })
    return { slug }
  })
}

/** A restore that failed before anything but grants was moved, on a full disk, leaves the trash as it was. */
async function putBack(
  { journal }: StorePorts,
  folder: string,
  inTrash: string,
  slug: string,
): Promise<void> {
  if (!(await exists(join(folder, recordName(slug)))) || !(await exists(join(folder, 'skill')))) return
  await discard(restoringPath(folder))
  await rename(folder, inTrash)
  await journal
    .append('restore.failed', slug, `${slug} could not be brought back and is still in the trash.`)
    // The disk's own refusal is what the person must hear of.
    .catch(() => undefined)
}
