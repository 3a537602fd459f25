import {
  revocationsPayloadType,
  revocationsSchema,
  type Revocation,
  type Revocations,
} from '../shared/catalog.ts'
import { SkilletError } from '../shared/errors.ts'
import type { TrustRoot } from '../shared/release.ts'
import { openEnvelope } from './envelope.ts'
import { parseStrictJson } from './strict-json.ts'

/**
 * The signed list of what was withdrawn. A list that can't be read stops whoever asks: taken for empty, it would
 * switch the switch off.
 * @throws SkilletError ENVELOPE_INVALID, and what openEnvelope throws
 */
export function verifyRevocations(envelope: Uint8Array, root: TrustRoot): Revocations {
  const { payload } = openEnvelope(envelope, { payloadType: revocationsPayloadType, root })
  try {
    return revocationsSchema.parse(parseStrictJson(payload))
  } catch (error) {
    throw new SkilletError('ENVELOPE_INVALID', 'The list of withdrawn skills is damaged.', { cause: error })
  }
}

/** Why this version was withdrawn; null when it wasn't. */
export function findRevocation(revocations: Revocations, slug: string, version: string): Revocation | null {
  return (
    revocations.revocations.find(
      (entry) => entry.slug === slug && (entry.version === '*' || entry.version === version),
    ) ?? null
  )
}
