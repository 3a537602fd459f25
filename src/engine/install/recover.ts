import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { toDiskError, withDiskErrors } from '../disk.ts'
import type { GrantStore, Journal } from '../ports.ts'
import { exists, removeOtherVersions, settle, stagedAt } from './commit.ts'
import { discard, namesIn, type Store } from './store.ts'

const day = 24 * 60 * 60 * 1000
const trashDays = 30
const partialDays = 7

/**
 * Makes the folders that Skillet needs and settles whatever a kill or a power cut left behind. Call it once at every
 * start. False when another Skillet is at work: it will do it.
 */
export async function recover(
  store: Store,
  grants: GrantStore,
  journal: Journal,
  now: () => Date = () => new Date(),
): Promise<boolean> {
  const { paths } = store
  await withDiskErrors(async () => {
    for (const folder of [paths.skills, paths.state, paths.records, paths.cache, paths.staging, paths.trash])
      await mkdir(folder, { recursive: true, mode: 0o700 })
  })
  try {
    await store.lock.hold(async () => {
      await finishRemovals(store, grants)
      const staged = await ownFoldersIn(paths.staging)
      for (const name of await namesIn(paths.staging))
        if (!staged.includes(name)) await discard(join(paths.staging, name))
      for (const id of staged) {
        const record = await settle(store, grants, stagedAt(store, id))
        if (record !== null)
          await journal.append(
            'install.finished',
            record.slug,
            `Finished installing ${record.slug} ${record.version}, which had been interrupted.`,
            { version: record.version },
          )
      }
      await sweepSkills(store)
      // Nobody else writes records while the lock is held; in the other folders a write may be under way.
      await sweepOld(paths.records, 0, now, isTemporary)
      await sweepOld(paths.trust, 1, now, isTemporary)
      await sweepOld(paths.home, 1, now, isTemporary)
      await sweepOld(paths.trash, trashDays, now, isOwnName)
      await sweepOld(paths.cache, partialDays, now, (name) => !name.endsWith('.tgz'))
    })
    return true
  } catch (error) {
    if (error instanceof SkilletError && error.code === 'BUSY') return false
    throw error
  }
}

/** A removal that was cut short: the record is in the trash already, so the skill is removed. */
async function finishRemovals(store: Store, grants: GrantStore): Promise<void> {
  for (const undoId of await ownFoldersIn(store.paths.trash)) {
    const folder = join(store.paths.trash, undoId)
    for (const name of await namesIn(folder)) {
      const slug = /^record-(.+)\.json$/.exec(name)?.[1]
      if (!slugSchema.safeParse(slug).success || slug === undefined || (await store.get(slug)) !== null)
        continue
      const left = await leftOf(store, folder, slug)
      if (left.length === 0) continue
      // Only here: a removal that was complete must not take along what was decided about the skill since.
      await grants.forget(slug)
      await moveAll(left)
    }
  }
}

type Move = readonly [from: string, to: string]

/** What of a removed skill isn't yet beside its record in the trash. */
export async function leftOf(store: Store, trashFolder: string, slug: string): Promise<Move[]> {
  const left: Move[] = []
  for (const move of [
    [join(store.paths.skills, slug), join(trashFolder, 'skill')],
    [join(store.paths.state, slug), join(trashFolder, 'state')],
  ] as const)
    if ((await exists(move[0])) && !(await exists(move[1]))) left.push(move)
  return left
}

export async function moveAll(moves: readonly Move[]): Promise<void> {
  for (const [from, to] of moves) await rename(from, to)
}

/** Installs and removals are named by a UUID. */
function isOwnName(name: string): boolean {
  return z.uuid().safeParse(name).success
}

/** File managers leave files of their own in any folder (`.DS_Store`); those are none of ours. */
async function ownFoldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .flatMap((entry) => (entry.isDirectory() && isOwnName(entry.name) ? [entry.name] : []))
      .sort()
  } catch (error) {
    throw toDiskError(error)
  }
}

/** Only what a record names may stay under `skills`. */
async function sweepSkills(store: Store): Promise<void> {
  for (const slug of await namesIn(store.paths.skills)) {
    const record = slugSchema.safeParse(slug).success ? await store.get(slug) : null
    if (record === null) {
      await discard(join(store.paths.skills, slug))
      continue
    }
    await removeOtherVersions(store, record)
    if ((await store.readCurrent(slug)) !== record.version) await store.writeCurrent(slug, record.version)
  }
}

/** What an atomic write or a lock leaves when it is killed half-way. */
function isTemporary(name: string): boolean {
  return /\.[0-9a-f]{12}\.tmp$|lock\.\d+\.[0-9a-f]{12}$/.test(name)
}

async function sweepOld(
  folder: string,
  days: number,
  now: () => Date,
  applies: (name: string) => boolean,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!applies(name)) continue
    const path = join(folder, name)
    if (days === 0 || now().getTime() - (await stat(path)).mtimeMs > days * day) await discard(path)
  }
}
