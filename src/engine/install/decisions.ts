import type { DecidedBy } from '../api.ts'
import { declaredCapabilities, declaredScope, joinWords } from '../../shared/capability-words.ts'
import type { Capability } from '../../shared/capability.ts'
import type { Decision } from '../../shared/contract/install.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

export type Decisions = Partial<Record<Capability, { decision: Decision; scope?: string[] }>>

/**
 * Decisions → grants, one for each capability that the skill declares. `denied` lists what the person refused: to be
 * stored, and a reason not to install.
 * @throws SkilletError INPUT_INVALID for a decision about something that the skill doesn't ask for
 */
export function toGrants(
  manifest: SkillManifest,
  capabilityDigest: string,
  decisions: Decisions,
  by: DecidedBy,
  decidedAt: string,
): { allowed: Grant[]; denied: Grant[]; undecided: Capability[] } {
  const declared = declaredCapabilities(manifest)
  for (const capability of Object.keys(decisions))
    if (!(declared as string[]).includes(capability))
      throw new SkilletError('INPUT_INVALID', `${manifest.slug} doesn't ask for ${capability}.`)

  const grants = declared.flatMap((capability): Grant[] => {
    const made = decisions[capability]
    if (made === undefined) return []
    const whole = declaredScope(manifest, capability)
    const beyond = made.scope?.find((item) => !whole.includes(item))
    if (beyond !== undefined)
      throw new SkilletError(
        'INPUT_INVALID',
        `${manifest.slug} doesn't ask for ${capability} with ${beyond}.`,
      )
    const scope = made.scope ?? whole
    return [
      { slug: manifest.slug, capability, decision: made.decision, scope, capabilityDigest, decidedAt, by },
    ]
  })
  return {
    allowed: grants.filter((grant) => grant.decision === 'allow'),
    denied: grants.filter((grant) => grant.decision === 'deny'),
    undecided: declared.filter((capability) => decisions[capability] === undefined),
  }
}

/** @throws SkilletError PERMISSION_DENIED unless everything was allowed */
export function assertAllAllowed(
  manifest: SkillManifest,
  { denied, undecided }: { denied: readonly Grant[]; undecided: readonly Capability[] },
): void {
  if (denied.length > 0)
    throw new SkilletError(
      'PERMISSION_DENIED',
      `${manifest.title} needs ${joinWords(denied.map((grant) => grant.capability))}, which you don't allow.`,
    )
  if (undecided.length > 0)
    throw new SkilletError(
      'PERMISSION_DENIED',
      `${manifest.title} needs ${joinWords(undecided)}, which nobody has allowed yet.`,
    )
}

/** An earlier decision that still stands: same skill, same capability, and the release asks for the same as then. */
export function decidedBefore(
  grants: readonly Grant[],
  capability: Capability,
  capabilityDigest: string,
): Decision | null {
  const grant = grants.find(
    (one) => one.capability === capability && one.capabilityDigest === capabilityDigest,
  )
  return grant?.decision ?? null
}
