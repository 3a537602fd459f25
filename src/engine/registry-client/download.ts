import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { syncFolder, withDiskErrors } from '../disk.ts'
import type { Answer } from './exchange.ts'
import { readBody, type Connection } from './request.ts'

export interface DownloadHooks {
  /** From 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Brings a tarball to `toPath` by way of `toPath + '.part'`, going on where an earlier attempt stopped. Never writes
 * more than `size` bytes and never judges what they are: the installer holds the digest against the signed release.
 * Throws CANCELLED, REGISTRY_UNREACHABLE and DOWNLOAD_FAILED (what arrived is kept), TIER_REQUIRED, REVOKED, NO_SPACE.
 */
export async function downloadTarball(
  connection: Connection,
  tarball: { sha256: string; size: number },
  toPath: string,
  { onProgress, signal }: DownloadHooks = {},
): Promise<void> {
  const partial = `${toPath}.part`
  await withDiskErrors(() => mkdir(dirname(toPath), { recursive: true, mode: 0o700 }))
  let have = await sizeOf(partial)
  if (have > tarball.size) {
    await rm(partial)
    have = 0
  }
  onProgress?.(have / tarball.size)
  if (have < tarball.size) {
    const response = await request(have)
    if (response.status === 206) await assertContinues(response, have)
    // A server or cache without ranges sends everything from the start.
    else have = 0
    await append(partial, have, response)
  }
  await withDiskErrors(() => rename(partial, toPath))
  await withDiskErrors(() => syncFolder(dirname(toPath)))

  async function request(from: number): Promise<Answer> {
    try {
      return await connection.send(`/tarballs/${tarball.sha256}.tgz`, {
        headers: from > 0 ? { range: `bytes=${from}-` } : {},
        signal,
      })
    } catch (error) {
      // A part that the registry can't continue would stop every later attempt as well.
      if (error instanceof SkilletError && error.code === 'REGISTRY_REFUSED')
        await rm(partial, { force: true })
      throw error
    }
  }

  async function assertContinues(response: Answer, from: number): Promise<void> {
    const expected = `bytes ${from}-${tarball.size - 1}/${tarball.size}`
    if (response.headers['content-range'] === expected) return
    response.body.destroy()
    await rm(partial, { force: true })
    throw new SkilletError(
      'DOWNLOAD_FAILED',
      'The registry sent another part of the file than was asked for.',
    )
  }

  async function append(path: string, from: number, response: Answer): Promise<void> {
    const file = await withDiskErrors(() => open(path, from === 0 ? 'w' : 'r+', 0o600))
    let at = from
    try {
      for await (const part of readBody(connection, response, signal)) {
        if (at + part.byteLength > tarball.size)
          throw new SkilletError('DOWNLOAD_FAILED', 'The registry sends more bytes than were signed.', {
            remedy: 'Do not use this copy. Tell the registry.',
          })
        await withDiskErrors(() => writeAll(file, part, at))
        at += part.byteLength
        onProgress?.(at / tarball.size)
      }
      await withDiskErrors(() => file.sync())
    } finally {
      await file.close()
    }
    if (at < tarball.size)
      throw new SkilletError('DOWNLOAD_FAILED', `Only ${at} of ${tarball.size} bytes arrived.`)
  }
}

async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  part: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < part.byteLength;) {
    const { bytesWritten } = await file.write(part, done, part.byteLength - done, position + done)
    done += bytesWritten
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (info) => info.size,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
      throw error
    },
  )
}
