import { asksOf, joinAsks } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Policy } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { capabilityDigest } from '../grants/digest.ts'
import type { GrantStore } from '../ports.ts'
import { checkSkillPermissions } from './check-permissions.ts'
import { effectivePolicy } from './effective.ts'
import { assertWithinLayers, ceilingOf, type PolicyLayers } from './layers.ts'

export interface Permitted {
  readonly policy: Policy
  /** What `policy` was made of, for `GrantStore.useOnce`. */
  readonly grants: readonly Grant[]
}

/**
 * What an installed skill may do now, if that is all that it declares.
 * @throws SkilletError POLICY_DENIED where a layer forbids it, PERMISSION_DENIED where an answer is missing, used up or
 *   no, POLICY_INVALID
 */
export async function permitted(
  ports: { readonly grants: GrantStore; readonly layers: () => Promise<PolicyLayers> },
  manifest: SkillManifest,
): Promise<Permitted> {
  const [layers, grants] = await Promise.all([ports.layers(), ports.grants.list(manifest.slug)])
  assertWithinLayers(manifest, layers)
  const policy = effectivePolicy(manifest, grants, ceilingOf(layers))
  const { ok, violations } = checkSkillPermissions(manifest, policy)
  if (ok) return { policy, grants }
  const refused = new Set(violations.map(({ capability }) => capability))
  throw refusal(manifest, refused, grants, await ports.grants.usedUp(manifest.slug))
}

function refusal(
  manifest: SkillManifest,
  refused: ReadonlySet<string>,
  grants: readonly Grant[],
  used: readonly Grant[],
): SkilletError {
  const digest = capabilityDigest(manifest)
  const isIn = (list: readonly Grant[], capability: string) =>
    list.some((grant) => grant.capabilityDigest === digest && grant.capability === capability)
  const denials = grants.filter(({ decision }) => decision === 'deny')
  const asks = asksOf(manifest).filter(({ capability }) => refused.has(capability))
  const denied = asks.filter(({ capability }) => isIn(denials, capability))
  const usedUp = asks.filter((ask) => !denied.includes(ask) && isIn(used, ask.capability))
  const open = asks.filter((ask) => !denied.includes(ask) && !usedUp.includes(ask))
  const sentences = [
    ...(denied.length > 0 ? [`You don't allow it to ${joinAsks(denied)}.`] : []),
    ...(open.length > 0 ? [`You have not allowed it to ${joinAsks(open)}.`] : []),
    ...(usedUp.length > 0 ? [`You allowed it once to ${joinAsks(usedUp)}, and it has done so.`] : []),
  ]
  return new SkilletError('PERMISSION_DENIED', `${manifest.title} was not started. ${sentences.join(' ')}`, {
    remedy: `Decide again in the window, or with: skillet grants allow ${manifest.slug}`,
  })
}
