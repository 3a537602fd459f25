import { SkilletError } from '../shared/errors.ts'
import { revocationsSchema, type Held, type Revocation, type Revocations } from '../shared/signed-targets.ts'
import { parseStrictJson } from './strict-json.ts'

/**
 * The target `revocations.json`. A list that can't be read stops whoever asks: taken for empty, it would switch the
 * switch off.
 * @throws SkilletError METADATA_INVALID
 */
export function parseRevocations(bytes: Uint8Array): Revocations {
  try {
    return revocationsSchema.parse(parseStrictJson(bytes))
  } catch (error) {
    throw new SkilletError('METADATA_INVALID', 'The list of withdrawn skills is damaged.', { cause: error })
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

/** Why a skill is on hold, and since when; null when it isn't. */
export function findHeld({ held = [] }: Revocations, slug: string): Held | null {
  return held.find((entry) => entry.slug === slug) ?? null
}
