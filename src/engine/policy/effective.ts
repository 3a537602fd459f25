import type { Capability } from '../../shared/capability.ts'
import { declaredCapabilities, declaredScope } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import type { Policy } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { meetPolicies } from './layers.ts'

/**
 * What this release may do: what it declares, a person granted, and the `ceiling` allows, all three. Every list is
 * explicit.
 */
export function effectivePolicy(manifest: SkillManifest, grants: readonly Grant[], ceiling: Policy): Policy {
  return meetPolicies([grantedPolicy(manifest, grants), ceiling])
}

/**
 * What a person granted, of what this release declares. A grant counts only for exactly what it was given for (same
 * skill, same capability digest), and one denial outweighs any number of grants.
 */
function grantedPolicy(manifest: SkillManifest, grants: readonly Grant[]): Policy {
  const digest = capabilityDigest(manifest)
  const scopes = new Map<Capability, string[]>()
  for (const capability of declaredCapabilities(manifest)) {
    const decisions = grants.filter(
      (grant) =>
        grant.slug === manifest.slug && grant.capabilityDigest === digest && grant.capability === capability,
    )
    if (decisions.length === 0 || decisions.some(({ decision }) => decision !== 'allow')) continue
    const declared = declaredScope(manifest, capability)
    const scope = declared.filter((item) => decisions.every((grant) => grant.scope.includes(item)))
    // A policy has no list of readable inputs, so part of a reading grant can't be expressed: it is none.
    if (capability === 'fs:read' && scope.length < declared.length) continue
    scopes.set(capability, scope)
  }
  return {
    capabilities: [...scopes.keys()],
    fs_write_roots: scopes.get('fs:write') ?? [],
    net_hosts: scopes.get('net') ?? [],
    secrets: scopes.get('env:read') ?? [],
    exec: scopes.get('exec') ?? [],
  }
}
