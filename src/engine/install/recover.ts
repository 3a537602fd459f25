import { basename, dirname, join } from 'node:path'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import { sweepClearing, withFileLock } from '../audit/file-lock.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { followRecord } from '../agents/follow.ts'
import { allDone, exists, makeFolder, statIfThere, toDiskError, withDiskErrors } from '../disk.ts'
import { arrange } from './arrange.ts'
import { trimCache } from './cache.ts'
import { expire, type ExpirePorts } from './expire.ts'
import { ownFoldersIn, settleInterrupted } from './exclusive.ts'
import { discard, namesIn, type StorePorts } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
const partialDays = 7

/**
 * Makes the folders that Skillet needs and settles whatever a kill or a power cut left behind. Call it once at every
 * start. What it can't do now is returned, not thrown, for it is no reason not to start: BUSY when another Skillet is
 * at work, which does it; NO_SPACE, NOT_WRITABLE, AUDIT_BROKEN. Each change settles what was interrupted of its skill
 * before it begins, so nothing is built on what is half done.
 */
export async function recover(
  ports: ExpirePorts,
  now: () => Date = () => new Date(),
): Promise<SkilletError[]> {
  const { store } = ports
  const { paths } = store
  const { skills, state, records, kept, cache, staging, trash, quarantine } = paths
  try {
    await withDiskErrors(async () => {
      await makeFolder(paths.home)
      await allDone([skills, state, records, kept, cache, staging, trash, quarantine].map(makeFolder))
    })
    return await store.lock.hold(() => sweep(ports, now))
  } catch (error) {
    return [toSkilletError(toDiskError(error))]
  }
}

/** One that fails keeps none of the others from being done. */
async function sweep(ports: ExpirePorts, now: () => Date): Promise<SkilletError[]> {
  const { store } = ports
  const { paths } = store
  const problems: SkilletError[] = []
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((error: unknown) => void problems.push(toSkilletError(toDiskError(error))))
  await attempt(async () => {
    const unsettled = await settleInterrupted(ports)
    problems.push(...unsettled.map(({ problem }) => problem))
    const slugs = unsettled.map(({ slug }) => slug)
    // Where it can't be told whose files are half in place, none count as left over.
    if (!slugs.includes(null)) await sweepSkills(ports, slugs, problems, attempt)
  })
  await attempt(async () => {
    const staged = await ownFoldersIn(paths.staging)
    for (const name of await namesIn(paths.staging))
      if (!staged.includes(name)) await discard(join(paths.staging, name))
  })
  const partial = async () => (await namesIn(paths.cache)).filter((name) => !name.endsWith('.tgz'))
  await Promise.all(
    [
      // Nobody else writes records while the lock is held; in the other folders a write may be under way.
      () => sweepTemporaries(paths.records, 0, now),
      () => sweepTemporaries(paths.trust, 1, now),
      () => sweepTemporaries(paths.home, 1, now),
      () => sweepClearing(join(paths.home, 'lock')),
      () => sweepWrites(paths.grants, `${paths.grants}.lock`),
      () => sweepWrites(join(paths.audit, 'head.json'), join(paths.audit, 'journal.lock')),
      () => expire(ports, now),
      async () => sweepOld(paths.cache, partialDays, now, await partial()),
    ].map(attempt),
  )
  for (const folder of [paths.trash, paths.edited, paths.cache])
    await attempt(async () => {
      for (const name of await namesIn(folder)) if (name.endsWith('.gone')) await discard(join(folder, name))
    })
  await attempt(() => trimCache(store, now))
  return problems
}

/** Only what a record names may stay. A record that can't be read is no reason to delete what it may name. */
async function sweepSkills(
  { store, journal }: StorePorts,
  unsettled: readonly (string | null)[],
  problems: SkilletError[],
  attempt: (work: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const { paths } = store
  await attempt(async () => {
    const damaged = (await store.damaged()).map(({ slug }) => slug)
    const records = await store.list()
    for (const record of records.filter(({ slug }) => !unsettled.includes(slug)))
      await attempt(async () => {
        if (record.withdrawn !== null && (await namesIn(join(paths.skills, record.slug))).length > 0)
          await journal.append(
            'quarantine.finished',
            record.slug,
            `Finished moving ${record.slug} to quarantine, which had been interrupted.`,
          )
        problems.push(...(await arrange(store, record)))
      })
    const named = new Set<string | null>([...unsettled, ...damaged, ...records.map(({ slug }) => slug)])
    for (const folder of [paths.skills, paths.quarantine, paths.kept])
      for (const slug of await namesIn(folder))
        if (!named.has(slug)) await attempt(() => discard(join(folder, slug)))
    for (const name of await namesIn(paths.placements)) {
      const slug = name.slice(0, -'.json'.length)
      if (slugSchema.safeParse(slug).success && !named.has(slug))
        problems.push(...(await followRecord(store, slug, null)))
    }
  })
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
  await sweepOld(folder, days, now, (await namesIn(folder)).filter(isTemporary))
}

/** `days: 0`: whatever its age. A time that lies in the future is no reason to delete. */
async function sweepOld(
  folder: string,
  days: number,
  now: () => Date,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const path = join(folder, name)
    const at = (await statIfThere(path))?.mtime
    if (at === undefined) continue
    if (days === 0 || now().getTime() - at.getTime() > days * dayMs) await discard(path)
  }
}
