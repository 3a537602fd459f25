import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { withDiskErrors } from '../disk.ts'
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
      await finishRemovals(store)
      for (const id of await namesIn(paths.staging)) {
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
      await sweepOld(paths.trash, trashDays, now, () => true)
      await sweepOld(paths.cache, partialDays, now, (name) => !name.endsWith('.tgz'))
    })
    return true
  } catch (error) {
    if (error instanceof SkilletError && error.code === 'BUSY') return false
    throw error
  }
}

/** A removal that was cut short: the record is in the trash already, so the skill is removed. */
async function finishRemovals(store: Store): Promise<void> {
  for (const undoId of await namesIn(store.paths.trash)) {
    const folder = join(store.paths.trash, undoId)
    for (const name of await namesIn(folder)) {
      const slug = /^record-(.+)\.json$/.exec(name)?.[1]
      if (slug !== undefined && (await store.get(slug)) === null) await moveToTrash(store, folder, slug)
    }
  }
}

/** Moves what is left of a skill beside its record. */
export async function moveToTrash(store: Store, trashFolder: string, slug: string): Promise<void> {
  for (const [from, to] of [
    [join(store.paths.skills, slug), join(trashFolder, 'skill')],
    [join(store.paths.state, slug), join(trashFolder, 'state')],
  ] as const)
    if ((await exists(from)) && !(await exists(to))) await rename(from, to)
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
