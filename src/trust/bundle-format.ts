import { SkilletError } from '../shared/errors.ts'
import { maxTarballBytes, type ArchiveLimits } from './archive-limits.ts'
import { chunksOf, collect, readTar } from './archive.ts'
import { maxEnvelopeBytes } from './envelope.ts'
import { tarBytes, tarEnd, tarHeader, tarPadding } from './tar-bytes.ts'

/** File names within a `.skillet` bundle, an uncompressed tar. */
export const bundleNames = {
  release: 'release.dsse.json',
  payload: 'payload.tgz',
  metadata: 'tuf/metadata/',
  targets: 'tuf/targets/',
} as const

/** What a bundle may be at most; its many entries are the roots, one for each rotation. */
export const bundleLimits: ArchiveLimits = {
  maxEntries: 4096,
  maxFileBytes: maxTarballBytes,
  maxTotalBytes: maxTarballBytes + 8 * maxEnvelopeBytes,
  maxRatio: 1,
}

/** Largest `.skillet` file, in bytes: its files, and a header and padding for each. */
export const maxBundleBytes = bundleLimits.maxTotalBytes + bundleLimits.maxEntries * 2048

/** A skill for installing offline: everything that the registry would have sent. Nothing in it is believed. */
export interface Bundle {
  /** The signed release, as received. */
  readonly release: Uint8Array
  /** The tarball that it names. */
  readonly payload: Uint8Array
  /** TUF metadata by the name under which the registry serves it, such as `3.snapshot.json`. */
  readonly metadata: ReadonlyMap<string, Uint8Array>
  /** TUF targets by the name under which the registry serves them, digest included. */
  readonly targets: ReadonlyMap<string, Uint8Array>
}

/** The bytes of a `.skillet` file: the small files first, so that it can be judged before its payload is read. */
export function writeBundle(bundle: Bundle): Uint8Array {
  const { before, after } = aroundPayload(bundle, bundle.payload.length)
  return new Uint8Array(Buffer.concat([before, bundle.payload, after]))
}

/** A `.skillet` file but for its payload of `payloadSize` bytes, for one that is too large for memory. */
export function aroundPayload(
  bundle: Omit<Bundle, 'payload'>,
  payloadSize: number,
): { before: Uint8Array; after: Uint8Array } {
  const file = (path: string, content: Uint8Array) => ({ path, content, executable: false })
  const folder = (prefix: string, files: ReadonlyMap<string, Uint8Array>) =>
    [...files].map(([name, content]) => file(`${prefix}${name}`, content))
  const lists = tarBytes([
    file(bundleNames.release, bundle.release),
    ...folder(bundleNames.metadata, bundle.metadata),
    ...folder(bundleNames.targets, bundle.targets),
  ])
  const header = tarHeader({ path: bundleNames.payload, size: payloadSize, executable: false })
  return {
    before: Buffer.concat([lists.subarray(0, -tarEnd.length), header]),
    after: Buffer.concat([tarPadding(payloadSize), tarEnd]),
  }
}

/**
 * Takes a `.skillet` file apart; verifying what is in it is the caller's next step. Files that this version doesn't
 * know are left out.
 * @throws SkilletError ARCHIVE_UNSAFE, TOO_LARGE
 */
export async function readBundle(bytes: Uint8Array): Promise<Bundle> {
  const files = new Map<string, Uint8Array>()
  await readTar(
    chunksOf(bytes),
    async (file, body) => {
      files.set(file.path, await collect(body))
    },
    bundleLimits,
  )
  const release = files.get(bundleNames.release)
  const payload = files.get(bundleNames.payload)
  if (release === undefined || payload === undefined)
    throw new SkilletError('ARCHIVE_UNSAFE', 'The file is not a complete .skillet bundle.')
  const folder = (prefix: string) =>
    new Map(
      [...files].flatMap(([path, content]) =>
        path.startsWith(prefix) ? [[path.slice(prefix.length), content] as const] : [],
      ),
    )
  return { release, payload, metadata: folder(bundleNames.metadata), targets: folder(bundleNames.targets) }
}
