import type { PublishKeys } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { verifyRelease, type VerifiedRelease } from '../../trust/verify-release.ts'

/** As many as one look at everything that is installed needs, mostly. */
const maxKnown = 256

/** By list of keys as it was parsed, then by the digest of the envelope, oldest first. */
const known = new WeakMap<PublishKeys, Map<string, VerifiedRelease>>()

/**
 * `verifyRelease`, once in this process: the same bytes under the same list of keys say the same.
 * @throws SkilletError as verifyRelease
 */
export function verifyReleaseOnce(
  envelope: Uint8Array,
  keys: PublishKeys,
  expected?: { slug: string; version: string },
): VerifiedRelease {
  const ofKeys = known.get(keys) ?? new Map<string, VerifiedRelease>()
  const digest = sha256Hex(envelope)
  const before = ofKeys.get(digest)
  const isExpected =
    expected === undefined ||
    (before?.release.slug === expected.slug && before.release.version === expected.version)
  if (before !== undefined && isExpected) return before
  const verified = verifyRelease(envelope, keys, expected)
  known.set(keys, ofKeys.set(digest, verified))
  for (const oldest of ofKeys.keys()) if (ofKeys.size > maxKnown) ofKeys.delete(oldest)
  return verified
}
