import { SkilletError } from '../../shared/errors.ts'
import { maxTarballBytes, type ArchiveLimits } from '../../trust/archive-limits.ts'
import { chunksOf, collect, readTar } from '../../trust/archive.ts'
import { maxEnvelopeBytes } from '../../trust/envelope.ts'
import { tarBytes } from '../../trust/tar-bytes.ts'

const releaseName = 'release.dsse.json'
const payloadName = 'payload.tgz'
const limits: ArchiveLimits = {
  maxEntries: 64,
  maxFileBytes: maxTarballBytes,
  maxTotalBytes: maxTarballBytes + 4 * maxEnvelopeBytes,
  maxRatio: 1,
}

/** Largest `.skillet` file, in bytes. */
export const maxBundleBytes = limits.maxTotalBytes + 1024 * 1024

/** A skill for installing offline: everything that the registry would have sent. Nothing in it is believed. */
export interface Bundle {
  /** The signed release, as received. */
  readonly release: Uint8Array
  /** The tarball that it names. */
  readonly payload: Uint8Array
  /** The signed list of withdrawn skills that was current when the bundle was made; null for none. */
  readonly revocations: Uint8Array | null
}

const revocationsName = 'revocations.dsse.json'

/** The bytes of a `.skillet` file: an uncompressed tar. */
export function writeBundle(bundle: Bundle): Uint8Array {
  const file = (path: string, content: Uint8Array) => ({ path, content, executable: false })
  return new Uint8Array(
    tarBytes([
      file(releaseName, bundle.release),
      file(payloadName, bundle.payload),
      ...(bundle.revocations === null ? [] : [file(revocationsName, bundle.revocations)]),
    ]),
  )
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
    limits,
  )
  const release = files.get(releaseName)
  const payload = files.get(payloadName)
  if (release === undefined || payload === undefined)
    throw new SkilletError('ARCHIVE_UNSAFE', 'The file is not a complete .skillet bundle.')
  return { release, payload, revocations: files.get(revocationsName) ?? null }
}
