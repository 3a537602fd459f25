import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { sha256Hex } from '../../trust/digest.ts'
import { readJson, statIfThere, writeNewFile } from '../disk.ts'
import type { Place } from './placements.ts'
import type { ViewFile } from './view.ts'

/** In each copy: whose it is. A name with a dot, so that agents pass it over. */
export const markerName = '.skillet.json'
const markerSchema = z.object({ placedBy: z.literal('skillet'), id: z.uuid(), slug: z.string() })
/** What a kill may leave of a file that was being written. */
const isTemporary = (name: string) => /^\.skillet-[0-9a-f]{12}\.tmp$/.test(name)

type Written = Place['written']
type CopyState = 'placed' | 'missing' | 'edited' | 'replaced' | 'outdated'

/** `view` null: whatever we wrote there. Reads every file that is ours. */
export async function copyState(
  at: string,
  place: Place,
  view: readonly ViewFile[] | null,
): Promise<CopyState> {
  const info = await statIfThere(at)
  if (info === null || (info.isDirectory() && (await isBarren(at)))) return 'missing'
  if (!(await isOurs(at, place))) return 'replaced'
  let inLine = true
  for (const path of new Set([...place.written, ...(view ?? [])].map((one) => one.path))) {
    const found = await digestOf(at, path)
    if (found !== null && !place.written.some((one) => one.path === path && one.sha256 === found))
      return 'edited'
    if (found !== (view?.find((one) => one.path === path)?.sha256 ?? null)) inLine = false
  }
  return inLine || view === null ? 'placed' : 'outdated'
}

/**
 * Makes a copy what `view` says; it must be `missing` or `outdated`, and `place.written` have all that is written here.
 * SKILL.md comes last: an agent finds a whole skill or none.
 */
export async function putCopy(
  at: string,
  slug: string,
  place: Place,
  view: readonly ViewFile[],
): Promise<void> {
  await mkdir(at).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await clearTemporaries(at)
  if (!(await isOurs(at, place))) {
    const marker = JSON.stringify({ placedBy: 'skillet', id: place.id, slug })
    await putFile(at, markerName, new Uint8Array(Buffer.from(marker)))
  }
  const gone = place.written.filter(({ path }) => !view.some((file) => file.path === path))
  await deleteWritten(at, gone)
  for (const file of inOrder(view)) {
    if ((await digestOf(at, file.path)) === file.sha256) continue
    await mkdir(dirname(join(at, file.path)), { recursive: true })
    await putFile(at, file.path, file.content)
  }
}

/** Whole or not at all, whenever this is killed. */
async function putFile(at: string, path: string, content: Uint8Array): Promise<void> {
  const temporary = join(at, `.skillet-${randomBytes(6).toString('hex')}.tmp`)
  await writeNewFile(temporary, content, { mode: 0o444 })
  await rename(temporary, join(at, path))
}

/**
 * Takes a copy away: what is as it was written, and nothing else; the folder where nothing stays in it. Gives the paths
 * that stay. `hide`: also what somebody made of SKILL.md is put where no agent reads it.
 */
export async function takeCopy(at: string, place: Place, hide: boolean): Promise<string[]> {
  const info = await statIfThere(at)
  if (info === null) return []
  if (!info.isDirectory()) return [at]
  if (!(await isOurs(at, place))) {
    if (!(await isBarren(at))) return [at]
    await clearTemporaries(at)
    await rmdir(at)
    return []
  }
  await clearTemporaries(at)
  await deleteWritten(at, place.written)
  if (hide && (await statIfThere(join(at, 'SKILL.md'))) !== null)
    await rename(join(at, 'SKILL.md'), join(at, 'SKILL.withdrawn.md'))
  const left = (await readdir(at)).filter((name) => name !== markerName)
  // What stays is the person's from now on.
  await unlink(join(at, markerName))
  if (left.length > 0) return left.map((name) => join(at, name))
  await rmdir(at)
  return []
}

/** A folder, no link to one, with our marker in it for this very place. */
async function isOurs(at: string, place: Place): Promise<boolean> {
  if ((await statIfThere(at))?.isDirectory() !== true) return false
  if ((await statIfThere(join(at, markerName)))?.isFile() !== true) return false
  const marker = await readJson(join(at, markerName), () => markerSchema).catch(() => null)
  return marker?.id === place.id
}

async function deleteWritten(at: string, written: Written): Promise<void> {
  const folders = new Set<string>()
  for (const { path, sha256 } of inOrder(written).reverse()) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) folders.add(parent)
    if ((await digestOf(at, path)) === sha256) await unlink(join(at, path))
  }
  for (const folder of [...folders].sort().reverse()) {
    // Where it isn't empty, somebody keeps something there.
    if (await isPlainWay(at, folder)) await rmdir(join(at, folder)).catch(() => undefined)
  }
}

/** A folder with nothing in it, or with no more than what was cut short here. */
async function isBarren(at: string): Promise<boolean> {
  return (await readdir(at)).every(isTemporary)
}

async function clearTemporaries(at: string): Promise<void> {
  for (const name of await readdir(at)) if (isTemporary(name)) await unlink(join(at, name))
}

/** SKILL.md last. */
function inOrder<T extends { path: string }>(files: readonly T[]): T[] {
  return [
    ...files.filter(({ path }) => path !== 'SKILL.md'),
    ...files.filter(({ path }) => path === 'SKILL.md'),
  ]
}

/** SHA-256 of a plain file below `at`, reached through plain folders; null where there is none. */
async function digestOf(at: string, path: string): Promise<string | null> {
  if (!(await isPlainWay(at, dirname(path)))) return null
  const info = await statIfThere(join(at, path))
  if (info === null) return null
  // Whatever else lies there isn't what we wrote.
  if (!info.isFile() || info.size > maxBytes) return 'other'
  const file = await open(join(at, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    return sha256Hex(new Uint8Array(await file.readFile()))
  } finally {
    await file.close()
  }
}

/** No file of a skill is larger. */
const maxBytes = 65 * 1024 * 1024

/** Every part of the way is a folder, none a link that leads elsewhere. */
async function isPlainWay(at: string, folder: string): Promise<boolean> {
  let way = at
  for (const name of folder === '.' || folder === '' ? [] : folder.split('/')) {
    way = join(way, name)
    if ((await statIfThere(way))?.isDirectory() !== true) return false
  }
  return true
}
