import { readFile } from 'node:fs/promises'
import { readBundle } from '../engine/package/bundle.ts'
import { createPaths } from '../engine/paths.ts'
import { loadTrustRoot } from '../engine/trust-root.ts'
import { SkilletError, toSkilletError } from '../shared/errors.ts'
import { envelopeSchema, type Release } from '../shared/release.ts'
import { sha256Hex } from '../trust/digest.ts'
import { parsePublishKeys } from '../trust/publish-keys.ts'
import { parseRelease, verifyRelease } from '../trust/verify-release.ts'
import type { Settings } from './context.ts'

export interface InspectedBundle {
  /** What the bundle says of itself; believed only where `problem` is null. */
  readonly release: Release
  /** Fingerprints of the keys that it claims to be signed with. */
  readonly keyids: readonly string[]
  /** Why it is not proven genuine; null where it is. */
  readonly problem: SkilletError | null
}

/**
 * Reads a `.skillet` file and proves it against the pinned keys. A bundle that can't be proven is still shown, with
 * the reason. Throws NOT_FOUND, ARCHIVE_UNSAFE, ENVELOPE_INVALID, RELEASE_INVALID where there is nothing to show.
 */
export async function inspectBundle(
  file: string,
  settings: Pick<Settings, 'home' | 'trustRootFile'>,
): Promise<InspectedBundle> {
  const bundle = await readBundle(await readNamedFile(file))
  const { release, keyids } = claimsOf(bundle.release)
  try {
    const { home, trustRootFile } = settings
    // A file that is only looked at must not become what this computer pins from now on.
    const root =
      trustRootFile === null
        ? await loadTrustRoot(createPaths(home), null)
        : parsePublishKeys(await readNamedFile(trustRootFile))
    if (root === null)
      throw new SkilletError('SIGNER_UNTRUSTED', 'No trust root is named, so no signer is trusted.', {
        remedy: 'Add --trust-root FILE, or set SKILLET_TRUST_ROOT.',
      })
    verifyRelease(bundle.release, root)
    if (sha256Hex(bundle.payload) !== release.tarball.sha256)
      throw new SkilletError('DIGEST_MISMATCH', 'The archive inside is not the one that was signed.')
    return { release, keyids, problem: null }
  } catch (error) {
    return { release, keyids, problem: toSkilletError(error) }
  }
}

function claimsOf(envelopeBytes: Uint8Array): { release: Release; keyids: string[] } {
  let envelope
  try {
    envelope = envelopeSchema.parse(JSON.parse(new TextDecoder().decode(envelopeBytes)))
  } catch (cause) {
    throw new SkilletError('ENVELOPE_INVALID', 'The signed release in the file is damaged.', { cause })
  }
  return {
    release: parseRelease(new Uint8Array(Buffer.from(envelope.payload, 'base64'))),
    keyids: envelope.signatures.map(({ keyid }) => keyid),
  }
}

/** The bytes of a file that a person named. Throws NOT_FOUND. */
export async function readNamedFile(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new SkilletError('NOT_FOUND', `${file} can't be read.`, { remedy: 'Check the path.', cause })
  })
}
