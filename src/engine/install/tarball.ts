import { randomUUID } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { exists, withDiskErrors } from '../disk.ts'
import type { Paths } from '../paths.ts'
import { hasDigest } from './extract.ts'
import type { StepHooks } from './step-hooks.ts'
import { discard } from './store.ts'

type Tarball = Release['tarball']

/** Puts the tarball's bytes at `toPath`, by way of `toPath + '.part'`; whoever asked checks their digest. */
export type FetchTarball = (tarball: Tarball, toPath: string, hooks: StepHooks) => Promise<void>

/** A tarball in the cache whose digest was verified just now. */
export interface VerifiedTarball {
  readonly path: string
  /** False when it lay there before. */
  readonly fetched: boolean
}

/** Smaller ones are fetched anew rather than continued. */
const resumableBytes = 1024 * 1024

/**
 * The tarball of a signed release, from the cache or fetched, its SHA-256 over all bytes equal to the signed one.
 * Bytes that aren't are removed at once. What a broken connection left is kept for going on later; what a cancelled
 * download or a full disk left is not. Needs no lock: whoever fetches the same at the same time, in whatever process,
 * does so under another name, and the last one's bytes replace equal ones. Nothing is synced, since whatever lies in the
 * cache is verified again before it is used.
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

  async function bring(unverified: string, resumable: boolean): Promise<void> {
    try {
      await fetch(tarball, unverified, hooks.download ?? {})
      hooks.download?.onProgress?.(1)
      if (!(await hasDigest(unverified, tarball, hooks.digest)))
        throw new SkilletError('DIGEST_MISMATCH', 'The download is not what was signed.')
      await rename(unverified, path)
    } catch (error) {
      await discard(unverified)
      if (!resumable || !isInterrupted(error)) await discard(`${unverified}.part`)
      throw error
    }
  }

  await withDiskErrors(async () => {
    await mkdir(paths.cache, { recursive: true, mode: 0o700 })
    const unverified = (id: string) => join(paths.cache, `${tarball.sha256}.${id}unverified`)
    const alone =
      tarball.size >= resumableBytes &&
      (await ifFree(join(paths.cache, `${tarball.sha256}.lock`), () => bring(unverified(''), true)))
    if (!alone) await bring(unverified(`${randomUUID()}.`), false)
  })
  return { path, fetched: true }
}

/** Runs `work` alone; false, at once, where somebody else holds the lock. */
async function ifFree(lock: string, work: () => Promise<void>): Promise<boolean> {
  let began = false
  const begin = () => {
    began = true
    return work()
  }
  try {
    await withFileLock(lock, begin, 0)
    return true
  } catch (error) {
    if (began || !(error instanceof SkilletError) || error.code !== 'BUSY') throw error
    return false
  }
}

function isInterrupted(error: unknown): boolean {
  return (
    error instanceof SkilletError &&
    (error.code === 'DOWNLOAD_FAILED' || error.code === 'REGISTRY_UNREACHABLE')
  )
}
