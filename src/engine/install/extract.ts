import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release, ReleaseFile } from '../../shared/release.ts'
import { readArchive, type ArchiveFile } from '../../trust/archive.ts'
import { syncFolder, withDiskErrors } from '../disk.ts'

export interface StepHooks {
  /** From 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined
  signal?: AbortSignal | undefined
}

/** @throws SkilletError CANCELLED */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SkilletError('CANCELLED', 'The install was cancelled.')
}

/**
 * Extracts a tarball into `folder`, which must not exist, read-only and safely on disk. Every file is held to the
 * signed release: nothing missing, nothing more, nothing different. On failure the folder is the caller's to remove.
 * @throws SkilletError PAYLOAD_MISMATCH, ARCHIVE_UNSAFE, TOO_LARGE, CANCELLED, NO_SPACE, NOT_WRITABLE
 */
export async function extractTarball(
  tarball: string,
  release: Release,
  folder: string,
  hooks: StepHooks = {},
): Promise<void> {
  const expected = new Map(release.files.map((file) => [file.path, file]))
  const folders = new Set([folder])
  let done = 0

  await withDiskErrors(async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await readArchive(createReadStream(tarball), async (file, body) => {
      throwIfCancelled(hooks.signal)
      const wanted = expected.get(file.path)
      if (wanted === undefined) throw mismatch(`${file.path} is not part of it`)
      expected.delete(file.path)
      const path = join(folder, ...file.path.split('/'))
      for (let parent = dirname(path); !folders.has(parent); parent = dirname(parent)) folders.add(parent)
      await mkdir(dirname(path), { recursive: true, mode: 0o755 })
      await writeChecked(path, file, wanted, body)
      done++
      hooks.onProgress?.(done / release.files.length)
    })
    const [missing] = expected.keys()
    if (missing !== undefined) throw mismatch(`${missing} is missing`)
    for (const path of folders) await syncFolder(path)
    await syncFolder(dirname(folder))
  })
}

async function writeChecked(
  path: string,
  file: ArchiveFile,
  wanted: ReleaseFile,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (file.size !== wanted.size || file.executable !== wanted.executable)
    throw mismatch(`${file.path} is not as it was signed`)
  const hash = createHash('sha256')
  const target = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      await target.writeFile(chunk)
    }
    if (hash.digest('hex') !== wanted.sha256) throw mismatch(`${file.path} is not as it was signed`)
    await target.chmod(wanted.executable ? 0o555 : 0o444)
    await target.sync()
  } finally {
    await target.close()
  }
}

function mismatch(what: string): SkilletError {
  return new SkilletError('PAYLOAD_MISMATCH', `The download differs from the signed release: ${what}.`)
}
