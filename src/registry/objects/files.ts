import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { SkilletError } from '../../shared/errors.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { writeWhole } from '../whole-file.ts'

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
      try {
        await writeWhole(path, bytes, 0o400)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
          throw new SkilletError('NO_SPACE', "The registry's disk is full.", { cause: error })
        throw error
      }
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
