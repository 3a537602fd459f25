import { constants } from 'node:fs'
import { open, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { SkilletError } from '../../shared/errors.ts'
import { collect, readTar, readWholeTar } from '../../trust/archive.ts'
import { bundleLimits, bundleNames, maxBundleBytes } from '../../trust/bundle-format.ts'
import type { TufSource } from '../../trust/tuf.ts'
import { withDiskErrors } from '../disk.ts'

/** All that is kept in memory of a bundle: everything but its payload. */
const maxListsBytes = 64 * 1024 * 1024

/** Up to here a bundle is read whole. */
const smallBytes = 1024 * 1024

/** What is read of a bundle at a time. */
const pieceBytes = 256 * 1024

/** A skill for installing offline: everything that the registry would have sent. Nothing in it is believed. */
export interface Bundle {
  /** The signed release, as received. */
  readonly release: Uint8Array
  /** The signed lists that were current when the bundle was made. */
  readonly tuf: TufSource
  /** Changes when the file does. */
  readonly identity: string
}

/**
 * Takes a `.skillet` file apart, its payload left where it is; verifying what is in it is the caller's next step. Files
 * that this version doesn't know are left out. Where the file is still the one that `known` was read from, it is that.
 * @throws SkilletError NOT_FOUND, ARCHIVE_UNSAFE, TOO_LARGE
 */
export async function readBundle(path: string, known: Bundle | null = null): Promise<Bundle> {
  const identity = await identityOf(path)
  if (known?.identity === identity) return known
  const files = new Map<string, Uint8Array>()
  const wanted = [bundleNames.release, bundleNames.metadata, bundleNames.targets]
  let hasPayload = false
  let kept = 0
  await readBundleTar(path, async (name, size, body) => {
    if (name === bundleNames.payload) hasPayload = true
    else if (wanted.some((one) => name.startsWith(one))) {
      kept += size
      if (kept > maxListsBytes) throw new SkilletError('TOO_LARGE', 'The bundle is too large.')
      files.set(name, await collect(body))
    }
  })
  const release = files.get(bundleNames.release)
  if (release === undefined || !hasPayload)
    throw new SkilletError('ARCHIVE_UNSAFE', 'The file is not a complete .skillet bundle.')
  return { release, tuf: sourceOf(files), identity }
}

/**
 * Writes a bundle's payload to `toPath`. Whoever asked checks its digest: the file may be another one by now.
 * @throws SkilletError NOT_FOUND, ARCHIVE_UNSAFE, TOO_LARGE, CANCELLED, NO_SPACE, NOT_WRITABLE
 */
export async function extractPayload(path: string, toPath: string, signal?: AbortSignal): Promise<void> {
  let found = false
  await readBundleTar(path, async (name, _size, body) => {
    if (name !== bundleNames.payload) return
    found = true
    await withDiskErrors(() => writeFile(toPath, body, { mode: 0o600, signal })).catch((error: unknown) => {
      if (signal?.aborted === true) throw new SkilletError('CANCELLED', 'The install was cancelled.')
      throw error
    })
  })
  if (!found) throw new SkilletError('ARCHIVE_UNSAFE', 'The file is not a complete .skillet bundle.')
}

async function identityOf(path: string): Promise<string> {
  try {
    const stats = await stat(path, { bigint: true })
    assertFile(path, stats)
    const { dev, ino, size, mtimeNs, ctimeNs } = stats
    return [dev, ino, size, mtimeNs, ctimeNs].join(':')
  } catch (error) {
    throw notReadable(path, error)
  }
}

function assertFile(path: string, stats: { isFile(): boolean }): void {
  if (!stats.isFile()) throw new SkilletError('NOT_FOUND', `${path} is not a file.`)
}

function notReadable(path: string, cause: unknown): SkilletError {
  if (cause instanceof SkilletError) return cause
  return new SkilletError('NOT_FOUND', `The file ${path} can't be opened.`, {
    remedy: 'Check the name of the file.',
    cause,
  })
}

async function readBundleTar(
  path: string,
  onFile: (name: string, size: number, body: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  let file
  try {
    // Opening a named pipe would wait for somebody to write into it, for ever, and opening a device may do things.
    assertFile(path, await stat(path))
    // It may have become one since.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw notReadable(path, error)
  }
  try {
    const stats = await file.stat()
    assertFile(path, stats)
    if (stats.size > maxBundleBytes) throw new SkilletError('TOO_LARGE', 'The bundle is too large.')
    if (stats.size > smallBytes)
      return await readTar(
        piecesOf(file),
        (entry, body) => onFile(entry.path, entry.size, body),
        bundleLimits,
      )
    for (const { path: name, size, content } of readWholeTar(await readWhole(file, stats.size), bundleLimits))
      await onFile(name, size, single(content))
  } finally {
    await file.close()
  }
}

async function readWhole(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(bytes, at, size - at, at)
    if (bytesRead === 0) return bytes.subarray(0, at)
    at += bytesRead
  }
  return bytes
}

/** A stream of Node's would do as well, but takes longer to set up than most bundles take to read. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

function sourceOf(files: ReadonlyMap<string, Uint8Array>): TufSource {
  return {
    async open(kind, name) {
      const bytes = files.get(`${kind === 'metadata' ? bundleNames.metadata : bundleNames.targets}${name}`)
      return bytes === undefined ? null : single(bytes)
    },
  }
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
