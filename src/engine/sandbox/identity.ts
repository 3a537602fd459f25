import type { BigIntStats } from 'node:fs'
import { open, readlink, realpath, stat } from 'node:fs/promises'

/** Opens nothing but the place itself: no permission to read is needed, nothing is waited for (open(2), O_PATH). */
const O_PATH = 0o10000000

/** One file or folder, wherever its name may lead later. */
export interface Place {
  /** Its absolute path with links resolved, as it was found. */
  readonly source: string
  /** Which one it is: `device:inode`, compared once more after the sandbox is built. */
  readonly identity: string
  readonly kind: 'file' | 'folder' | 'other'
}

/**
 * Follows `path` once and says what lies there. Everything that is judged, the resolved path and the kind, is of that one
 * descriptor: asked for one after the other, each could be of something else, exchanged in between.
 * Throws what open(2) throws.
 */
export async function findPlace(path: string): Promise<Place> {
  // Nothing runs on these systems; what is chosen is looked at all the same.
  if (process.platform !== 'linux') return describe(await realpath(path), await stat(path, { bigint: true }))
  const handle = await open(path, O_PATH)
  try {
    return describe(await readlink(`/proc/self/fd/${handle.fd}`), await handle.stat({ bigint: true }))
  } finally {
    await handle.close()
  }
}

function describe(source: string, found: BigIntStats): Place {
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
  return { source, identity: `${found.dev}:${found.ino}`, kind }
}
