import { join } from 'node:path'
import type { Journal } from '../audit/journal.ts'
import { allDone, statIfThere } from '../disk.ts'
import { editedAtOf } from './edited.ts'
import { damagedPrefix, ownFoldersIn } from './exclusive.ts'
import { knownTime } from './known-time.ts'
import { discardWhole } from './removal.ts'
import { namesIn, type StorePorts } from './store.ts'
import { keptDays, removedAtOf } from './trash.ts'

const dayMs = 24 * 60 * 60 * 1000

export interface ExpirePorts extends StorePorts {
  readonly journal: Journal
}

/**
 * Deletes what was removed, edited copies that were set aside, and remains that nobody could settle, once they were kept
 * long enough by every clock there is. The store's lock must be held. What can't be deleted keeps none of the others.
 */
export async function expire({ store, journal }: ExpirePorts, now: () => Date): Promise<void> {
  const { trash, edited } = store.paths
  const damaged = (await namesIn(trash)).filter(
    (name) => name.startsWith(damagedPrefix) && !name.endsWith('.gone'),
  )
  const kept = [
    ...(await ownFoldersIn(trash)).map((name) => ({ path: join(trash, name), timeOf: removedAtOf })),
    // When it was moved there: nothing in it can be relied on.
    ...damaged.map((name) => ({ path: join(trash, name), timeOf: movedAtOf })),
    ...(await namesIn(edited)).map((name) => ({ path: join(edited, name), timeOf: editedAtOf })),
  ]
  const dated = await Promise.all(kept.map(async ({ path, timeOf }) => ({ path, at: await timeOf(path) })))
  // A time that can't be told, or lies in the future, is no reason to delete.
  const oldAt = (time: Date) =>
    dated.filter(({ at }) => at !== null && time.getTime() - at.getTime() > keptDays * dayMs)
  if (oldAt(now()).length === 0) return
  const known = await knownTime(store, journal, now())
  await allDone(oldAt(known).map(({ path }) => discardWhole(path)))
}

async function movedAtOf(path: string): Promise<Date | null> {
  return (await statIfThere(path))?.ctime ?? null
}
