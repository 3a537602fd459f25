import { chmod, lstat, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { grantSchema } from '../../shared/grant.ts'
import { slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { followRecord } from '../agents/follow.ts'
import { placementsPath, placementsSchema, readPlaces, writePlaces } from '../agents/placements.ts'
import { allDone, exists, makeFolder, readJson, syncFolder, writeFileAtomic } from '../disk.ts'
import type { Staged } from './commit.ts'
import { discard, namesIn, recordSchema, type InstallRecord, type Store, type StorePorts } from './store.ts'

/** What a removed skill's folder says of itself, in `removal.json`. Folders from before it lack the file. */
export const removalSchema = z.strictObject({
  schema: z.literal(1),
  slug: slugSchema,
  /** Null where its record couldn't be read. */
  version: versionSchema.nullable(),
  /** RFC 3339, UTC. */
  removedAt: z.iso.datetime(),
})

/** In which agents' folders a removed skill lay. */
const placementsName = 'placements.json'
export const recordName = (slug: string) => `record-${slug}.json`
export const removalPath = (folder: string) => join(folder, 'removal.json')
export const grantsPath = (folder: string) => join(folder, 'grants.json')
/** There while a skill is being brought back: whoever finds it goes on with that. */
export const restoringPath = (folder: string) => join(folder, 'restore.json')
const restoringSchema = z.strictObject({ slug: slugSchema })

/** The slug of the skill in a folder of the trash; null where its record is not there. */
export async function slugIn(folder: string): Promise<string | null> {
  for (const name of await namesIn(folder)) {
    const slug = /^record-(.+)\.json$/.exec(name)?.[1]
    if (slugSchema.safeParse(slug).success) return slug ?? null
  }
  return null
}

/**
 * Takes a skill's parts, whose record lies in `folder` already, out of the store and brings that folder to the trash.
 * Safe to be cut short and done again.
 */
export async function finishRemoval(
  { store, grants }: StorePorts,
  folder: string,
  slug: string,
): Promise<void> {
  const { paths } = store
  await grants.forget(slug)
  await leaveAgents(store, folder, slug)
  for (const [from, to] of [
    [join(paths.skills, slug), 'skill'],
    [join(paths.quarantine, slug), 'skill'],
    [join(paths.kept, slug), 'kept'],
    [join(paths.state, slug), 'state'],
  ] as const)
    if ((await exists(from)) && !(await exists(join(folder, to)))) await move(from, join(folder, to))
  await rename(folder, join(paths.trash, undoIdOf(folder)))
}

/** Where the skill lay with agents goes to the trash with it, unless something of it is still there. */
async function leaveAgents(store: Store, folder: string, slug: string): Promise<void> {
  const from = placementsPath(store.paths, slug)
  if (!(await exists(from))) return
  const kept = join(folder, placementsName)
  const places = await readPlaces(store.paths, slug).catch(() => [])
  if (!(await exists(kept)))
    await writeFileAtomic(
      kept,
      JSON.stringify({ schema: 1, slug, places: places.filter(({ leaving }) => !leaving) }),
    )
  const leaving = places.map((place) => ({ ...place, leaving: true }))
  await writePlaces(store.paths, slug, leaving)
  // What can't be taken away now is by the next start: its file stays until then.
  await followRecord(store, slug, null)
}

/** The other way round: `folder` was taken out of the trash. Safe to be cut short and done again. */
export async function finishRestore(
  { store, grants }: StorePorts,
  folder: string,
  slug: string,
): Promise<void> {
  const { paths } = store
  await grants.put((await readJson(grantsPath(folder), () => z.array(grantSchema))) ?? [])
  const record = await readRemoved(store, folder, slug)
  for (const [from, to] of [
    ['skill', join(record?.withdrawn ? paths.quarantine : paths.skills, slug)],
    ['kept', join(paths.kept, slug)],
    ['state', join(paths.state, slug)],
  ] as const)
    if (await exists(join(folder, from))) {
      // Without a record nothing there counts: it is what a run or a crash left behind.
      await discard(to)
      await makeFolder(dirname(to))
      await move(join(folder, from), to)
    }
  const places = (await readJson(join(folder, placementsName), () => placementsSchema))?.places ?? []
  // Those that a removal could not clear stay on their way out.
  if (!(await exists(placementsPath(paths, slug))))
    await writePlaces(
      paths,
      slug,
      places.map((place) => ({ ...place, written: [] })),
    )
  // Last, so that whoever sees the record finds its files.
  if (await exists(join(folder, recordName(slug))))
    await rename(join(folder, recordName(slug)), store.recordPath(slug))
  await allDone([syncFolder(paths.records), syncFolder(paths.skills)])
  if (record !== null) await followRecord(store, slug, record)
  await discardWhole(folder)
}

/** The skill that a removal or a restore is about; null for any other folder. */
export async function slugOfRemoval(folder: string): Promise<string | null> {
  const restoring = await readJson(restoringPath(folder), () => restoringSchema)
  const removal = restoring ?? (await readJson(removalPath(folder), () => removalSchema))
  return removal?.slug ?? slugIn(folder)
}

/** False when the folder is no removal. */
export async function settleRemoval(ports: StorePorts, { folder }: Staged): Promise<boolean> {
  const { store, journal } = ports
  const restoring = await readJson(restoringPath(folder), () => restoringSchema)
  if (restoring !== null) {
    await finishRestore(ports, folder, restoring.slug)
    await journal.append(
      'restore.finished',
      restoring.slug,
      `Finished bringing ${restoring.slug} back, which had been interrupted.`,
    )
    return true
  }
  const slug = await slugIn(folder)
  if (slug !== null) {
    await finishRemoval(ports, folder, slug)
    await journal.append('remove.finished', slug, `Finished removing ${slug}, which had been interrupted.`)
    return true
  }
  const removal = await readJson(removalPath(folder), () => removalSchema)
  if (removal === null) return false
  await discardWhole(folder)
  if ((await store.get(removal.slug)) !== null)
    await journal.append(
      'remove.failed',
      removal.slug,
      `Removing ${removal.slug} was interrupted; it is still there.`,
    )
  return true
}

/** The record of a removed skill. @throws SkilletError STORE_DAMAGED */
export async function readRemoved(store: Store, folder: string, slug: string): Promise<InstallRecord | null> {
  return (await readJson(join(folder, recordName(slug)), () => recordSchema)) ?? store.get(slug)
}

/** Moves a file or folder. Linux moves a folder to another one only for who may write into it. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    const { mode } = await lstat(from)
    if ((error as NodeJS.ErrnoException).code !== 'EACCES' || (mode & 0o200) !== 0) throw error
    await chmod(from, mode | 0o700)
    await rename(from, to)
    await chmod(to, mode)
  }
}

/** By another name first: half of it must not be taken for something that was interrupted. */
export async function discardWhole(folder: string): Promise<void> {
  await rename(folder, `${folder}.gone`)
  await discard(`${folder}.gone`)
}

const undoIdOf = (folder: string) => folder.slice(folder.length - 36)
