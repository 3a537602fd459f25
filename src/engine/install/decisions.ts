import type { Answers, DecidedBy } from '../api.ts'
import { declaredCapabilities, declaredScope, joinWords } from '../../shared/capability-words.ts'
import type { Capability } from '../../shared/capability.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

/**
 * Decisions → grants, one for each capability that the skill declares. Where nobody decides anew, an earlier `allow` in
 * `standing` counts. `denied` lists what the person refused: to be stored, and a reason not to install.
 * @throws SkilletError INPUT_INVALID for a decision about something that the skill doesn't ask for
 */
export function toGrants(
  manifest: SkillManifest,
  capabilityDigest: string,
  decisions: Answers,
  standing: ReadonlyMap<Capability, Grant>,
  by: DecidedBy,
  decidedAt: string,
): { allowed: Grant[]; denied: Grant[]; undecided: Capability[] } {
  const declared = declaredCapabilities(manifest)
  for (const capability of Object.keys(decisions))
    if (!(declared as string[]).includes(capability))
      throw new SkilletError('INPUT_INVALID', `${manifest.slug} doesn't ask for ${capability}.`)

  const grants = declared.flatMap((capability): Grant[] => {
    const made = decisions[capability]
    if (made === undefined) {
      const earlier = standing.get(capability)
      return earlier?.decision === 'allow' ? [earlier] : []
    }
    const whole = declaredScope(manifest, capability)
    const beyond = made.scope?.find((item) => !whole.includes(item))
    if (beyond !== undefined)
      throw new SkilletError(
        'INPUT_INVALID',
        `${manifest.slug} doesn't ask for ${capability} with ${beyond}.`,
      )
    const { decision, scope = whole } = made
    // A denial sticks, whatever life came with it.
    const life = decision === 'deny' ? 'always' : (made.life ?? 'always')
    return [{ slug: manifest.slug, capability, decision, scope, capabilityDigest, decidedAt, by, life }]
  })
  const decided = new Set(grants.map(({ capability }) => capability))
  return {
    allowed: grants.filter((grant) => grant.decision === 'allow'),
    denied: grants.filter((grant) => grant.decision === 'deny'),
    undecided: declared.filter((capability) => !decided.has(capability)),
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
