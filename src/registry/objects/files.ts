import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'

/** Immutable objects under their own SHA-256. */
export interface ObjectStore {
  /** Durable when it resolves. Storing what is there already changes nothing. */
  put(bytes: Uint8Array): Promise<string>
  /** Throws NOT_FOUND, and DIGEST_MISMATCH where the disk no longer holds what was stored. */
  read(sha256: string): Promise<Uint8Array>
  /** Bytes on disk, or null. */
  size(sha256: string): Promise<number | null>
  /** Bytes from `start` to `end`, both included. As stored: whoever receives them checks the digest. */
  stream(sha256: string, start: number, end: number): Readable
}

export function createFileObjects(folder: string): ObjectStore {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)
  return {
    async put(bytes) {
      const sha256 = sha256Hex(bytes)
      const path = pathOf(sha256)
      if (await holds(path, sha256)) return sha256
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
      try {
        const file = await open(temporary, 'wx', 0o400)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(temporary, path)
      } catch (error) {
        await rm(temporary, { force: true })
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
          throw new SkilletError('NO_SPACE', "The registry's disk is full.", { cause: error })
        throw error
      }
      await syncFolder(dirname(path))
      return sha256
    },
    async read(sha256) {
      let bytes: Uint8Array
      try {
        bytes = new Uint8Array(await readFile(pathOf(sha256)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        throw new SkilletError('NOT_FOUND', 'The registry has no such file.', { cause: error })
      }
      if (sha256Hex(bytes) !== sha256)
        throw new SkilletError('DIGEST_MISMATCH', 'The registry no longer holds what was uploaded.', {
          remedy: 'Upload the skill again, and look into what changed the file.',
        })
      return bytes
    },
    async size(sha256) {
      return stat(pathOf(sha256)).then(
        (info) => info.size,
        (error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
          throw error
        },
      )
    },
    stream: (sha256, start, end) => createReadStream(pathOf(sha256), { start, end }),
  }
}

/** A damaged object is written anew by whoever uploads the right bytes again. */
async function holds(path: string, sha256: string): Promise<boolean> {
  return readFile(path).then(
    (bytes) => sha256Hex(bytes) === sha256,
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
