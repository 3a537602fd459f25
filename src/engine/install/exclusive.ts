import { readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { exists, toDiskError } from '../disk.ts'
import { settleCommit, slugOfCommit, stagedAt, type Staged } from './commit.ts'
import { settleRemoval, slugOfRemoval } from './removal.ts'
import type { StorePorts } from './store.ts'

/** A change that was cut short and can't be settled now. */
interface Unsettled {
  /** Null where that can't be told, or where nothing of it is left to do. */
  readonly slug: string | null
  readonly problem: SkilletError
}

/**
 * Runs a change of a skill: alone among all Skillets on this computer, and over a skill of which nothing is half done.
 * What a kill left behind is settled first; what can't be settled now stops only changes of the same skill.
 * `slug`: null for a change of none.
 * @throws SkilletError BUSY when another Skillet holds the store for too long, and why what was
 *   interrupted can't be settled, such as NO_SPACE and NOT_WRITABLE
 */
export function exclusively<T>(ports: StorePorts, slug: string | null, work: () => Promise<T>): Promise<T> {
  return ports.store.lock.hold(async () => {
    const unsettled = await settleInterrupted(ports)
    const own = unsettled.find((one) => slug !== null && one.slug === slug)
    if (own !== undefined) throw own.problem
    return work()
  })
}

/**
 * Finishes or undoes each change that was cut short, and says so in the journal; gives those that it can't. The lock must
 * be held. One that can't be understood any more is set aside: it must not stop its skill for ever.
 */
export async function settleInterrupted(ports: StorePorts): Promise<Unsettled[]> {
  const unsettled: Unsettled[] = []
  for (const id of await ownFoldersIn(ports.store.paths.staging)) {
    const staged = stagedAt(ports.store, id)
    try {
      if (!(await settleRemoval(ports, staged))) await settleOne(ports, staged)
    } catch (error) {
      const left = await toUnsettled(ports, staged, error)
      if (left !== null) unsettled.push(left)
    }
  }
  return unsettled
}

async function toUnsettled(ports: StorePorts, staged: Staged, error: unknown): Promise<Unsettled | null> {
  const known = toSkilletError(toDiskError(error))
  try {
    if (known.code === 'STORE_DAMAGED') {
      await setAside(ports, staged, known)
      return null
    }
    // Done, but the journal couldn't be told.
    if (!(await exists(staged.folder))) return { slug: null, problem: known }
  } catch {
    // What it was about first is what the person hears.
  }
  const slug = await slugOf(staged).catch(() => null)
  const why = error instanceof SkilletError ? error.message : String((error as Error).message)
  return {
    slug,
    problem: new SkilletError(
      known.code,
      `A change of ${slug ?? 'a skill'} was interrupted and can't be finished or undone: ${why}`,
      {
        remedy: `Free some disk space, and make ${staged.folder} writable for you. If that doesn't help, move this folder somewhere else, then try again.`,
        cause: error,
      },
    ),
  }
}

async function setAside(
  { store, journal }: StorePorts,
  staged: Staged,
  problem: SkilletError,
): Promise<void> {
  const aside = join(store.paths.trash, `${damagedPrefix}${basename(staged.folder)}`)
  await rename(staged.folder, aside)
  await journal.append(
    'store.damaged',
    null,
    `Something that had been interrupted could not be settled. What was left of it is in ${aside}.`,
    { problem: problem.message },
  )
}

/** What was set aside is named so in the trash. */
export const damagedPrefix = 'damaged-'

async function slugOf(staged: Staged): Promise<string | null> {
  return (await slugOfRemoval(staged.folder)) ?? slugOfCommit(staged)
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
