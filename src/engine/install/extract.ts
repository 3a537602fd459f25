import type { Release, ReleaseFile } from '../../shared/release.ts'
import { unsafe } from '../../trust/archive-errors.ts'
import { withDiskErrors } from '../disk.ts'
import { createThread } from '../thread/thread.ts'
import { extractSmall } from './extract-small.ts'
import type { ExtractCalls } from './extract-thread.ts'
import file from 'thread:./extract-thread.ts'
import { digestFile } from './file-digest.ts'
import { throwIfCancelled, type StepHooks } from './step-hooks.ts'

/** Up to here a few files at a time are quicker without a thread. */
const small = { files: 32, bytes: 1024 * 1024 }

/** One for the whole process, started when first needed: it keeps nothing from one call to the next. */
const thread = createThread<ExtractCalls>(file, { name: 'extract', idleMs: 60_000 })

/**
 * Extracts a tarball into `folder`, which must not exist while its parent must, read-only and safely on disk. Every file
 * is held to the signed release: nothing missing, nothing more, nothing different. On failure the folder is the caller's
 * to remove.
 * @throws SkilletError PAYLOAD_MISMATCH, ARCHIVE_UNSAFE, TOO_LARGE, CANCELLED, NO_SPACE, NOT_WRITABLE
 */
export async function extractTarball(
  tarball: string,
  { files, tarball: { size } }: Pick<Release, 'files' | 'tarball'>,
  folder: string,
  { onProgress, signal }: StepHooks = {},
): Promise<void> {
  throwIfCancelled(signal)
  const bytes = files.reduce((total, one) => total + one.size, 0)
  await withDiskErrors(async () => {
    try {
      if (files.length <= small.files && Math.max(bytes, size) <= small.bytes)
        await extractSmall(tarball, files, folder)
      else await extractInThread(tarball, files, folder, { onProgress, signal })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      // Nobody else writes here, so this disk takes two of its names for one.
      throw unsafe('two of its names are one on this disk', error)
    }
  })
  throwIfCancelled(signal)
  onProgress?.(1)
}

/** The same for any size. */
export async function extractInThread(
  tarball: string,
  files: readonly ReleaseFile[],
  folder: string,
  { onProgress, signal }: StepHooks = {},
): Promise<void> {
  const onEvent = (fraction: unknown) => onProgress?.(fraction as number)
  await thread.call('extract', { tarball, files, folder }, { signal, onEvent })
}

/**
 * Whether a file's SHA-256, over all its bytes, and its size are these.
 * @throws SkilletError CANCELLED
 */
export async function hasDigest(
  path: string,
  { sha256, size }: Release['tarball'],
  { onProgress, signal }: StepHooks = {},
): Promise<boolean> {
  throwIfCancelled(signal)
  const onEvent = (fraction: unknown) => onProgress?.(fraction as number)
  const found =
    size <= small.bytes
      ? await digestFile(path, size, { signal })
      : await thread.call('digest', { path, size }, { signal, onEvent })
  onProgress?.(1)
  return found === sha256
}
