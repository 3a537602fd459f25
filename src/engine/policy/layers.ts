import { capabilities, type Capability } from '../../shared/capability.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { builtInLimits, type Policy, type UserPolicy } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { checkSkillPermissions } from './check-permissions.ts'
import { meetLimits } from './limits.ts'
import { assertSkillAllowed } from './skill-rules.ts'
import { anyInputRoot, anyStateRoot, meetRoots } from './write-roots.ts'

/** Who limits all skills on this computer: each layer can only take away from what the others leave. */
export interface PolicyLayers {
  /** What administrators decided; null where there are none. */
  readonly managed: ManagedPolicy | null
  readonly user: UserPolicy
}

/** Skillet's own layer, the widest there is: every capability that exists, and limits that nobody can lift. */
export const builtInCeiling: Policy = {
  capabilities: [...capabilities],
  fs_write_roots: [anyInputRoot, anyStateRoot],
  limits: { ...builtInLimits },
}

/**
 * What all of these policies allow, and Skillet itself does: a skill is within the result exactly where it is within each
 * of them. Neither order nor repetition matters, and what a policy doesn't understand it doesn't allow.
 */
export function meetPolicies(policies: readonly Policy[]): Policy {
  return policies.reduce(meet, builtInCeiling)
}

/** What any skill may do at most on this computer, before a person has allowed it anything. */
export function ceilingOf({ managed, user }: PolicyLayers): Policy {
  return meetPolicies([...(managed?.ceiling ? [managed.ceiling] : []), wholePolicy(user)])
}

/**
 * That no layer forbids a skill, or what it declares.
 * @throws SkilletError POLICY_DENIED, which says whose layer it was
 */
export function assertWithinLayers(manifest: SkillManifest, { managed, user }: PolicyLayers): void {
  assertSkillAllowed(manifest, managed)
  const why = (policy: Policy) =>
    checkSkillPermissions(manifest, policy)
      .violations.map(({ reason }) => reason)
      .join(' ')
  const managedWhy = managed?.ceiling ? why(managed.ceiling) : ''
  if (managedWhy !== '')
    throw new SkilletError(
      'POLICY_DENIED',
      `Your administrator doesn't allow what ${manifest.title} needs: ${managedWhy}`,
    )
  const userWhy = why(wholePolicy(user))
  if (userWhy !== '')
    throw new SkilletError(
      'POLICY_DENIED',
      `The limits that you set for all skills don't allow what ${manifest.title} needs: ${userWhy}`,
      { remedy: 'Change them in Settings, or with: skillet policy set FILE' },
    )
}

function wholePolicy(user: UserPolicy): Policy {
  return {
    ...user,
    capabilities: user.capabilities ?? builtInCeiling.capabilities,
    fs_write_roots: user.fs_write_roots ?? builtInCeiling.fs_write_roots,
  }
}

function meet(a: Policy, b: Policy): Policy {
  const allowed = capabilities.filter((one) => a.capabilities.includes(one) && b.capabilities.includes(one))
  const met: Policy = {
    capabilities: allowed,
    fs_write_roots: allowed.includes('fs:write') ? meetRoots(a.fs_write_roots, b.fs_write_roots) : [],
    limits: meetLimits(a.limits ?? {}, b.limits ?? {}),
  }
  for (const [key, capability] of scopeLists) {
    const list = allowed.includes(capability) ? meetLists(a[key], b[key]) : []
    if (list !== undefined) met[key] = list
  }
  return met
}

const scopeLists = [
  ['net_hosts', 'net'],
  ['secrets', 'env:read'],
  ['exec', 'exec'],
] as const satisfies [keyof Policy, Capability][]

/** An absent list sets no limit. */
function meetLists(a: readonly string[] | undefined, b: readonly string[] | undefined): string[] | undefined {
  const both = a?.filter((item) => b?.includes(item) ?? true) ?? b
  return both && [...new Set(both)].sort()
}
