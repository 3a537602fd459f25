import { statSync } from 'node:fs'
import type { Store } from './store.ts'

/**
 * A folder whose newest change is younger may have changed again within the same tick of the file system's clock, FAT's
 * being the slowest with two seconds.
 */
const settledMs = 2000

/**
 * Which version of each skill is installed, for lists of skills. A record is written by putting another file in its place,
 * which the folder's date tells: an unchanged folder isn't read again. Costs one look at it.
 */
export function createInstalledVersions(
  { list, paths }: Pick<Store, 'list' | 'paths'>,
  now: () => number = Date.now,
): () => Promise<ReadonlyMap<string, string>> {
  let known: { identity: string; versions: ReadonlyMap<string, string> } | null = null
  return async () => {
    const folder = statSync(paths.records, { throwIfNoEntry: false })
    if (folder === undefined) return new Map()
    const identity = `${folder.ino} ${folder.mtimeMs} ${folder.ctimeMs}`
    if (known?.identity === identity) return known.versions
    const isSettled = now() - Math.max(folder.mtimeMs, folder.ctimeMs) > settledMs
    const versions = new Map((await list()).map(({ slug, version }) => [slug, version]))
    known = isSettled ? { identity, versions } : null
    return versions
  }
}
