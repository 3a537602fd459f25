import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What is looked through of somebody else's skill: entries, bytes, folders within folders. */
const usualLimits = { entries: 3000, bytes: 48 * 1024 * 1024, depth: 16 }

/** A folder that is no skill of anybody's: too large, or something that can't be read. The message says which. */
export class Unreadable extends Error {}

/**
 * SHA-256 over everything in a folder: each name, kind, executable bit and byte. Links count as what they say and aren't
 * followed; nothing is opened that isn't a plain file. @throws Unreadable
 */
export async function folderDigest(folder: string, limits = usualLimits): Promise<string> {
  const hash = createHash('sha256')
  let entries = 0
  let bytes = 0

  async function walk(relative: string, depth: number): Promise<void> {
    if (depth > limits.depth) throw new Unreadable(`It has folders within folders, ${limits.depth} deep.`)
    for (const name of (await readdir(join(folder, relative))).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`
      entries += 1
      if (entries > limits.entries) throw new Unreadable(`It has more than ${limits.entries} files.`)
      const info = await lstat(join(folder, path))
      const kind = info.isDirectory() ? 'd' : info.isFile() ? 'f' : info.isSymbolicLink() ? 'l' : 'o'
      hash.update(JSON.stringify([kind, path, kind === 'f' && (info.mode & 0o111) !== 0]))
      if (kind === 'd') await walk(path, depth + 1)
      else if (kind === 'l') hash.update(JSON.stringify(await readlink(join(folder, path))))
      else if (kind === 'f') {
        bytes += info.size
        if (bytes > limits.bytes) throw new Unreadable(`It is larger than ${limits.bytes / 1024 / 1024} MB.`)
        hash.update(await digestOf(join(folder, path), limits.bytes))
      }
    }
  }

  try {
    await walk('', 0)
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable("It can't be read.", { cause: error })
  }
  return hash.digest('hex')
}

async function digestOf(path: string, maxBytes: number): Promise<Buffer> {
  // Something else may lie there by now.
  const file = await open(
    path,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  )
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.alloc(64 * 1024)
    let read = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return hash.digest()
      read += bytesRead
      // It has grown since it was counted.
      if (read > maxBytes) throw new Unreadable(`It is larger than ${maxBytes / 1024 / 1024} MB.`)
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
