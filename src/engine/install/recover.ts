import { lstat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { sweepClearing, withFileLock } from '../audit/file-lock.ts'
import { allDone, exists, makeFolder, withDiskErrors } from '../disk.ts'
import { arrange } from './arrange.ts'
import { trimCache } from './cache.ts'
import { editedAtOf } from './edited.ts'
import { ownFoldersIn, settleInterrupted } from './exclusive.ts'
import { discardWhole } from './removal.ts'
import { discard, namesIn, type StorePorts } from './store.ts'
import { keptDays, removedAtOf } from './trash.ts'

const dayMs = 24 * 60 * 60 * 1000
const partialDays = 7

/**
 * Makes the folders that Skillet needs and settles whatever a kill or a power cut left behind. Call it once at every
 * start. What it can't do now is returned, not thrown, for it is no reason not to start: BUSY when another Skillet is
 * at work, which does it; NO_SPACE, NOT_WRITABLE, AUDIT_BROKEN. Each change settles what was interrupted before it
 * begins, so nothing is built on what is half done.
 */
export async function recover(
  ports: StorePorts,
  now: () => Date = () => new Date(),
): Promise<SkilletError | null> {
  const { store } = ports
  const { paths } = store
  try {
    await withDiskErrors(async () => {
      await makeFolder(paths.home)
      const { skills, state, records, kept, cache, staging, trash, quarantine } = paths
      await allDone([skills, state, records, kept, cache, staging, trash, quarantine].map(makeFolder))
      await store.lock.hold(() => sweep(ports, now))
    })
    return null
  } catch (error) {
    if (error instanceof SkilletError && putOff.has(error.code)) return error
    throw error
  }
}

const putOff = new Set(['BUSY', 'NO_SPACE', 'NOT_WRITABLE', 'AUDIT_BROKEN'])

async function sweep(ports: StorePorts, now: () => Date): Promise<void> {
  const { store } = ports
  const { paths } = store
  await settleInterrupted(ports)
  const staged = await ownFoldersIn(paths.staging)
  for (const name of await namesIn(paths.staging))
    if (!staged.includes(name)) await discard(join(paths.staging, name))
  await sweepSkills(ports)
  const partial = async () => (await namesIn(paths.cache)).filter((name) => !name.endsWith('.tgz'))
  await allDone([
    // Nobody else writes records while the lock is held; in the other folders a write may be under way.
    sweepTemporaries(paths.records, 0, now),
    sweepTemporaries(paths.trust, 1, now),
    sweepTemporaries(paths.home, 1, now),
    sweepClearing(join(paths.home, 'lock')),
    sweepWrites(paths.grants, `${paths.grants}.lock`),
    sweepWrites(join(paths.audit, 'head.json'), join(paths.audit, 'journal.lock')),
    sweepOld(paths.trash, keptDays, now, removedAtOf, ownFoldersIn(paths.trash)),
    sweepOld(paths.edited, keptDays, now, async (path) => editedAtOf(path)),
    sweepOld(paths.cache, partialDays, now, mtimeOf, partial()),
  ])
  for (const folder of [paths.trash, paths.edited, paths.cache])
    for (const name of await namesIn(folder)) if (name.endsWith('.gone')) await discard(join(folder, name))
  await trimCache(store, now)
}

/** Only what a record names may stay. A record that can't be read is no reason to delete what it may name. */
async function sweepSkills({ store, journal }: StorePorts): Promise<void> {
  const { paths } = store
  const damaged = new Set((await store.damaged()).map(({ slug }) => slug))
  for (const record of await store.list()) {
    if (record.withdrawn !== null && (await namesIn(join(paths.skills, record.slug))).length > 0)
      await journal.append(
        'quarantine.finished',
        record.slug,
        `Finished moving ${record.slug} to quarantine, which had been interrupted.`,
      )
    await arrange(store, record)
  }
  for (const folder of [paths.skills, paths.quarantine, paths.kept])
    for (const slug of await namesIn(folder)) {
      const named = slugSchema.safeParse(slug).success
      if (named && (damaged.has(slug) || (await store.get(slug)) !== null)) continue
      await discard(join(folder, slug))
    }
}

/** What a kill left of writes of one file that happen under a lock of their own, and that lock. */
async function sweepWrites(file: string, lock: string): Promise<void> {
  await sweepClearing(lock)
  const folder = dirname(file)
  const left = async () =>
    (await namesIn(folder)).filter((name) => isTemporary(name) && name.startsWith(`${basename(file)}.`))
  if ((await left()).length === 0 && !(await exists(lock))) return
  try {
    await withFileLock(
      lock,
      async () => {
        for (const name of await left()) await discard(join(folder, name))
      },
      200,
    )
  } catch (error) {
    // Somebody is writing, so nobody was killed.
    if (!(error instanceof SkilletError) || error.code !== 'BUSY') throw error
  }
}

/** What an atomic write or a lock leaves when it is killed half-way. */
function isTemporary(name: string): boolean {
  return /\.[0-9a-f]{12}\.tmp$|lock\.\d+\.[0-9a-f]{12}$/.test(name)
}

async function sweepTemporaries(folder: string, days: number, now: () => Date): Promise<void> {
  const names = async () => (await namesIn(folder)).filter(isTemporary)
  await sweepOld(folder, days, now, mtimeOf, names())
}

async function mtimeOf(path: string): Promise<Date> {
  return (await lstat(path)).mtime
}

/** `days: 0`: whatever its age. A time that can't be told, or lies in the future, is no reason to delete. */
async function sweepOld(
  folder: string,
  days: number,
  now: () => Date,
  timeOf: (path: string) => Promise<Date | null>,
  names: Promise<readonly string[]> = namesIn(folder),
): Promise<void> {
  for (const name of await names) {
    const path = join(folder, name)
    if (days === 0) {
      await discard(path)
      continue
    }
    const at = await timeOf(path)
    if (at !== null && now().getTime() - at.getTime() > days * dayMs) await discardWhole(path)
  }
}
