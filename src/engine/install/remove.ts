import { randomUUID } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Grant } from '../../shared/contract/overview.ts'
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
import { discard, type InstallRecord, type Store, type StorePorts } from './store.ts'
import { latest } from './wall-clock.ts'

/**
 * Moves a skill, its kept versions, its state and its grants to the trash; `restoreSkill` brings all of them back, unless
 * its record is damaged. Moving the record is the step that decides: what can't be done after it, or a kill cuts short, is
 * finished by the next change or start.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function removeSkill(
  ports: StorePorts,
  slug: string,
  now: () => Date = () => new Date(),
): Promise<{ undoId: string }> {
  const { store, journal } = ports
  return exclusively(ports, slug, async () => {
    const record = await readableOrNull(store, slug)
    const undoId = randomUUID()
    const { folder } = stagedAt(store, undoId)
    const version = record?.version ?? null
    const removal = removalSchema.parse({
      schema: 1,
      slug,
      version,
      removedAt: record === null ? now().toISOString() : latest(now(), record.installedAt),
    })
    const sentence =
      record === null ? `Removed ${slug}, whose record was damaged.` : `Removed ${slug} ${version}.`
    await withDiskErrors(async () => {
      await makeFolder(store.paths.trash)
      await makeFolder(folder)
      try {
        await allDone([
          writeFileAtomic(grantsPath(folder), JSON.stringify(await lastingGrants(ports, slug))),
          writeFileAtomic(removalPath(folder), JSON.stringify(removal)),
        ])
        // Ahead of the step that decides: where the journal can't be written, nothing is removed.
        await journal.append('remove', slug, sentence, { version, undoId })
        await moveRecord(ports, slug, join(folder, recordName(slug)))
      } catch (error) {
        await discard(folder)
        throw error
      }
    })
    try {
      await allDone([syncFolder(folder), syncFolder(store.paths.records)])
      await finishRemoval(ports, folder, slug)
      await syncFolder(store.paths.trash)
    } catch {
      // It is removed; the next change or start brings the rest to the trash.
    }
    return { undoId }
  })
}

/** What was allowed until Skillet is closed must not come back after that. */
async function lastingGrants({ grants }: StorePorts, slug: string): Promise<Grant[]> {
  return (await grants.list(slug)).filter(({ life }) => life !== 'session')
}

/** Null for a skill whose record is damaged. @throws SkilletError NOT_INSTALLED */
async function readableOrNull(store: Store, slug: string): Promise<InstallRecord | null> {
  try {
    return await store.require(slug)
  } catch (error) {
    if (error instanceof SkilletError && error.code === 'STORE_DAMAGED') return null
    throw error
  }
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
 * Brings a removed skill back. Taking its folder out of the trash is the step that decides; where the disk refuses what
 * follows, it goes back there.
 * @throws SkilletError NOT_FOUND when the trash no longer has it; INPUT_INVALID when the skill was installed again
 *   meanwhile; BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function restoreSkill(ports: StorePorts, undoId: string): Promise<{ slug: string }> {
  const { store, journal } = ports
  const inTrash = join(store.paths.trash, z.uuid().safeParse(undoId).success ? undoId : 'none')
  return exclusively(ports, await slugIn(inTrash), async () => {
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
        await rename(inTrash, folder).catch(async (error: unknown) => {
          await journalFailure(ports, slug)
          throw error
        })
      } catch (error) {
        await discard(restoringPath(inTrash))
        throw error
      }
      try {
        await finishRestore(ports, folder, slug)
      } catch (error) {
        // Once its record is there it is back; what is left of its folder goes at the next change or start.
        if (!(await exists(join(folder, recordName(slug))))) return
        await putBack(ports, folder, slug)
        throw error
      }
    })
    return { slug }
  })
}

/** Without the mark it is a removal again, which takes everything that was brought back with it. */
async function putBack(ports: StorePorts, folder: string, slug: string): Promise<void> {
  await discard(restoringPath(folder))
  await journalFailure(ports, slug)
  // What can't be moved now is moved by the next change or start.
  await finishRemoval(ports, folder, slug).catch(() => undefined)
}

async function journalFailure({ journal }: StorePorts, slug: string): Promise<void> {
  await journal
    .append('restore.failed', slug, `${slug} could not be brought back and is still in the trash.`)
    // The disk's own refusal is what the person must hear of.
    .catch(() => undefined)
}
