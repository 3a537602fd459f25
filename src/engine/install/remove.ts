import { randomUUID } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { grantSchema } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import { readJson, syncFolder, withDiskErrors, writeFileAtomic } from '../disk.ts'
import type { GrantStore, Journal } from '../ports.ts'
import { exists } from './commit.ts'
import { leftOf, moveAll } from './recover.ts'
import { discard, namesIn, type Store } from './store.ts'

interface Ports {
  readonly store: Store
  readonly grants: GrantStore
  readonly journal: Journal
}

const recordName = (slug: string) => `record-${slug}.json`

/**
 * Moves a skill, its state and its grants to the trash; `restoreSkill` brings all of them back. Moving the record is
 * the step that decides: after a kill, `recover` finishes what it began.
 * @throws SkilletError NOT_INSTALLED, BUSY, NO_SPACE, NOT_WRITABLE
 */
export async function removeSkill(
  { store, grants, journal }: Ports,
  slug: string,
): Promise<{ undoId: string }> {
  return store.lock.hold(async () => {
    const record = await store.require(slug)
    const undoId = randomUUID()
    const folder = join(store.paths.trash, undoId)
    await withDiskErrors(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      try {
        await writeFileAtomic(join(folder, 'grants.json'), JSON.stringify(await grants.list(slug)))
        // Ahead of the step that decides: where the journal can't be written, nothing is removed.
        await journal.append('remove', slug, `Removed ${slug} ${record.version}.`, {
          version: record.version,
          undoId,
        })
        await moveRecord(store, journal, slug, join(folder, recordName(slug)))
      } catch (error) {
        await discard(folder)
        throw error
      }
      await syncFolder(store.paths.records)
      // Before the files: as long as any of those are left, `recover` sees to the grants after a kill.
      await grants.forget(slug)
      await moveAll(await leftOf(store, folder, slug))
    })
    return { undoId }
  })
}

/** The step that decides. The journal has the removal already, so it must hear when it didn't come to be. */
async function moveRecord(store: Store, journal: Journal, slug: string, to: string): Promise<void> {
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
 * @throws SkilletError NOT_FOUND when the trash no longer has it; INPUT_INVALID when the skill was installed again
 *   meanwhile; BUSY
 */
export async function restoreSkill(
  { store, grants, journal }: Ports,
  undoId: string,
): Promise<{ slug: string }> {
  return store.lock.hold(async () => {
    const folder = join(store.paths.trash, z.uuid().safeParse(undoId).success ? undoId : 'none')
    const slug = (await namesIn(folder)).map((name) => /^record-(.+)\.json$/.exec(name)?.[1]).find(Boolean)
    if (slug === undefined)
      throw new SkilletError('NOT_FOUND', 'This removal can no longer be undone.', {
        remedy: 'Install the skill again from Discover.',
      })
    if ((await store.get(slug)) !== null)
      throw new SkilletError('INPUT_INVALID', `${slug} was installed again in the meantime.`, {
        remedy: 'Remove the installed one first.',
      })
    await withDiskErrors(async () => {
      for (const [from, to] of [
        [join(folder, 'skill'), join(store.paths.skills, slug)],
        [join(folder, 'state'), join(store.paths.state, slug)],
      ] as const)
        if (await exists(from)) {
          // Without a record nothing there counts: it is what a run or a crash left behind.
          await discard(to)
          await rename(from, to)
        }
      await grants.put((await readJson(join(folder, 'grants.json'), z.array(grantSchema))) ?? [])
      await rename(join(folder, recordName(slug)), store.recordPath(slug))
      await syncFolder(store.paths.records)
      await discard(folder)
    })
    await journal.append('restore', slug, `Brought ${slug} back.`, { undoId })
    return { slug }
  })
}
