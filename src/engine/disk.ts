import { randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'
import { syncFolder } from '../trust/sync-folder.ts'

export { syncFolder }

/** Runs `work` and turns the disk's own refusals into errors that a person can act on. */
export async function withDiskErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toDiskError(error)
  }
}

export function toDiskError(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SkilletError('NO_SPACE', 'The disk is full. Nothing was changed.', { cause: error })
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new SkilletError('NOT_WRITABLE', "Skillet can't write to its own folder. Nothing was changed.", {
        cause: error,
      })
    default:
      return error
  }
}

/**
 * Makes a folder, mode 0700, and those above it, where they aren't there. In place of Node's own `recursive`, which takes
 * a full or read-only disk for a missing folder.
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  try {
    await make()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await make()
  }
}

/**
 * Replaces a file so that a kill at any instant leaves the old or the new content, whole. Mode 0600. It is on disk when
 * this returns, unless `sync` is false: for what is made again from something else, or synced by the caller.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  { sync = true }: { sync?: boolean } = {},
): Promise<void> {
  await withDiskErrors(async () => {
    await makeFolder(dirname(path))
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      await writeNewFile(temporary, data, { sync })
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    if (sync) await syncFolder(dirname(path))
  })
}

/** A file that must not exist yet, mode 0600 by default. Its content is on disk when this returns, its name once its folder is. */
export async function writeNewFile(
  path: string,
  data: string | Uint8Array,
  { sync = true, mode = 0o600 }: { sync?: boolean; mode?: number } = {},
): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(data)
    if (sync) await file.sync()
  } finally {
    await file.close()
  }
}

/** Has the content of a file on disk when it returns. */
export async function syncFile(path: string): Promise<void> {
  // Windows syncs only what is open for writing.
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Up to this size a file is read at once: that takes microseconds, and asking a thread for each step many times that. */
export const atOnceBytes = 64 * 1024

/** Somebody may have put a pipe in a file's place; then nobody waits for its other end. */
export const readOnlyAtOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The whole text of a file, small or not. Throws what open(2) and read(2) throw. */
async function readText(path: string): Promise<string> {
  const file = openSync(path, readOnlyAtOnce)
  try {
    if (fstatSync(file).size <= atOnceBytes) return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
  return readFile(path, 'utf8')
}

/**
 * Reads and validates a JSON file; null where there is none. A damaged file stops, it is never taken for empty. The schema
 * is asked for only where there is a file: making it takes a while.
 */
export async function readJson<S extends z.ZodType>(
  path: string,
  schema: () => S,
): Promise<z.output<S> | null> {
  let text: string
  try {
    text = await readText(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if ((error as NodeJS.ErrnoException).code === 'EISDIR')
      throw new SkilletError('STORE_DAMAGED', `${path} is a folder.`, { cause: error })
    throw toDiskError(error)
  }
  try {
    return schema().parse(JSON.parse(text))
  } catch (error) {
    throw new SkilletError('STORE_DAMAGED', `${path} is damaged.`, { cause: error })
  }
}

/** All at once; what failed first is thrown after all have ended, so that nothing goes on behind an error's back. */
export async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works)
  const failed = ended.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Whether a name is there, be it a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== null
}

/** Of what lies at a path itself, be it a link; null where there is nothing, such as what somebody else has just removed. */
export async function statIfThere(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
