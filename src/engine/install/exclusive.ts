import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { toDiskError } from '../disk.ts'
import { settleCommit, stagedAt, type Staged } from './commit.ts'
import { settleRemoval } from './removal.ts'
import type { StorePorts } from './store.ts'

/**
 * Runs a change of the store: alone among all Skillets on this computer, and over a store in which nothing is half
 * done. What a kill left behind is settled first.
 * @throws SkilletError BUSY when another Skillet holds the store for longer than two seconds
 */
export function exclusively<T>(ports: StorePorts, work: () => Promise<T>): Promise<T> {
  return ports.store.lock.hold(async () => {
    await settleInterrupted(ports)
    return work()
  })
}

/**
 * Finishes or undoes each change that was cut short, and says so in the journal. The lock must be held. One that can't
 * be understood any more is set aside: it must not stop every other skill.
 */
export async function settleInterrupted(ports: StorePorts): Promise<void> {
  const { paths } = ports.store
  for (const id of await ownFoldersIn(paths.staging)) {
    const staged = stagedAt(ports.store, id)
    try {
      if (!(await settleRemoval(ports, staged))) await settleOne(ports, staged)
    } catch (error) {
      if (!(error instanceof SkilletError) || error.code !== 'STORE_DAMAGED') throw error
      const aside = join(paths.trash, `damaged-${id}`)
      await rename(staged.folder, aside)
      await ports.journal.append(
        'store.damaged',
        null,
        `Something that had been interrupted could not be settled. What was left of it is in ${aside}.`,
        { problem: error.message },
      )
    }
  }
}

async function settleOne(ports: StorePorts, staged: Staged): Promise<void> {
  const settled = await settleCommit(ports, staged)
  if (settled === null) return
  const { slug, version, outcome } = settled
  if (outcome === 'finished')
    await ports.journal.append(
      'install.finished',
      slug,
      `Finished putting ${slug} ${version} in place, which had been interrupted.`,
      { version },
    )
  else
    await ports.journal.append(
      'install.undone',
      slug,
      `Undid putting ${slug} ${version} in place, which had been interrupted.`,
      { version },
    )
}

/** Changes and removals are named by a UUID; a file manager leaves files of its own in any folder. */
export async function ownFoldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .flatMap((entry) => (entry.isDirectory() && z.uuid().safeParse(entry.name).success ? [entry.name] : []))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw toDiskError(error)
  }
}
