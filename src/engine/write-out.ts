import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import { toDiskError } from './disk.ts'

type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * Writes the file that a person named, mode 0644: it is there whole or not at all, and what it takes the place of stays
 * until then; somebody may be reading it.
 * @throws SkilletError NOT_WRITABLE, NO_SPACE; what the contents throw
 */
export async function writeOut(path: string, contents: readonly Content[]): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  try {
    const file = await open(partial, 'w', 0o644)
    try {
      for (const content of contents) await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
  } catch (error) {
    // Why it could not be written matters more than what is left of it.
    await rm(partial, { force: true }).catch(() => undefined)
    throw toWriteError(path, error)
  }
}

/** What the system says about a file that a person named, in words for them; everything else as it is. */
export function toWriteError(path: string, error: unknown): unknown {
  if (error instanceof SkilletError || (error as NodeJS.ErrnoException | null)?.syscall === undefined)
    return error
  const known = toDiskError(error)
  if (known instanceof SkilletError && known.code === 'NO_SPACE') return known
  return new SkilletError('NOT_WRITABLE', `${path} can't be written.`, {
    remedy: 'Choose a folder that is there and that you may write to.',
    cause: error,
  })
}
