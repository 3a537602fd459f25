import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import { exists, syncFolder, withDiskErrors } from '../disk.ts'
import type { Paths } from '../paths.ts'
import { throwIfCancelled, type StepHooks } from './extract.ts'
import { discard } from './store.ts'

type Tarball = Release['tarball']

/** Puts the tarball's bytes at `toPath`; whoever asked checks their digest. */
export type FetchTarball = (tarball: Tarball, toPath: string, hooks: StepHooks) => Promise<void>

/** A tarball in the cache whose digest was verified just now. */
export interface VerifiedTarball {
  readonly path: string
  /** False when it lay there before. */
  readonly fetched: boolean
}

/**
 * The tarball of a signed release, from the cache or fetched, its SHA-256 over all bytes equal to the signed one.
 * Bytes that aren't are removed at once. What a broken connection left is kept for going on later; what a cancelled
 * download or a full disk left is not.
 * @throws SkilletError DIGEST_MISMATCH, CANCELLED, NO_SPACE, and what `fetch` throws
 */
export async function obtainTarball(
  paths: Paths,
  tarball: Tarball,
  fetch: FetchTarball,
  hooks: { download?: StepHooks; digest?: StepHooks } = {},
): Promise<VerifiedTarball> {
  const path = join(paths.cache, `${tarball.sha256}.tgz`)
  if (await exists(path)) {
    if (await hasDigest(path, tarball, hooks.digest)) {
      hooks.download?.onProgress?.(1)
      return { path, fetched: false }
    }
    await discard(path)
  }
  const unverified = join(paths.cache, `${tarball.sha256}.unverified`)
  await withDiskErrors(async () => {
    await mkdir(paths.cache, { recursive: true, mode: 0o700 })
    try {
      await fetch(tarball, unverified, hooks.download ?? {})
      hooks.download?.onProgress?.(1)
      if (!(await hasDigest(unverified, tarball, hooks.digest)))
        throw new SkilletError('DIGEST_MISMATCH', 'The download is not what was signed.')
      await rename(unverified, path)
    } catch (error) {
      await discard(unverified)
      if (!isInterrupted(error)) await discard(`${unverified}.part`)
      throw error
    }
    await syncFolder(paths.cache)
  })
  return { path, fetched: true }
}

/** For a bundle: the bytes are there already. */
export function fetchFromBytes(payload: () => Promise<Uint8Array>): FetchTarball {
  return async (_tarball, toPath, { signal }) => {
    throwIfCancelled(signal)
    await writeFile(toPath, await payload(), { mode: 0o600 })
  }
}

async function hasDigest(path: string, tarball: Tarball, hooks: StepHooks = {}): Promise<boolean> {
  if ((await stat(path)).size !== tarball.size) return false
  const hash = createHash('sha256')
  let read = 0
  for await (const chunk of createReadStream(path)) {
    throwIfCancelled(hooks.signal)
    hash.update(chunk as Buffer)
    read += (chunk as Buffer).length
    hooks.onProgress?.(read / tarball.size)
  }
  return hash.digest('hex') === tarball.sha256
}

function isInterrupted(error: unknown): boolean {
  return (
    error instanceof SkilletError &&
    (error.code === 'DOWNLOAD_FAILED' || error.code === 'REGISTRY_UNREACHABLE')
  )
}
