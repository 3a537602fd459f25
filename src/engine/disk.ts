import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'

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

/** Replaces a file so that a kill at any instant leaves the old or the new content, whole and on disk. Mode 0600. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await withDiskErrors(async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(data)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await syncFolder(dirname(path))
  })
}

/** Makes renames inside a folder durable. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Reads and validates a JSON file; null where there is none. A damaged file stops, it is never taken for empty. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toDiskError(error)
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new SkilletError('STORE_DAMAGED', `${path} is damaged.`, { cause: error })
  }
}
