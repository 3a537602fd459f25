import type { Capability } from '../../shared/capability.ts'
import type { Grant } from '../../shared/contract/overview.ts'

/**
 * Which answers go where a person takes back what they said about a skill, about one of its capabilities, or, with a
 * digest, in one answer: a permission then goes for all versions, as going back to one would bring it back, and other
 * denials stay.
 */
export function toForget(
  grants: readonly Grant[],
  slug: string,
  capability?: Capability,
  capabilityDigest?: string,
): Set<Grant> {
  const meant = grants.filter(
    (grant) => grant.slug === slug && (capability === undefined || grant.capability === capability),
  )
  if (capabilityDigest === undefined) return new Set(meant)
  const one = meant.find((grant) => grant.capabilityDigest === capabilityDigest)
  return new Set(
    meant.filter((grant) => grant === one || (one?.decision === 'allow' && grant.decision === 'allow')),
  )
}
