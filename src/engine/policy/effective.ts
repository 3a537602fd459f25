import type { Capability } from '../../shared/capability.ts'
import { declaredCapabilities, declaredScope } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import type { Policy } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { isInRoots } from './write-roots.ts'

/**
 * What this release may do: what it declares, a person granted, and the administrators allow, all three.
 * A grant counts only for exactly what it was given for (same skill, same capability digest); one denial outweighs any
 * number of grants; every list is explicit. `ceiling: null` means that there are no administrators.
 */
export function effectivePolicy(
  manifest: SkillManifest,
  grants: readonly Grant[],
  ceiling: Policy | null,
): Policy {
  const digest = capabilityDigest(manifest)
  const counting = grants.filter((grant) => grant.slug === manifest.slug && grant.capabilityDigest === digest)
  const granted = (capability: Capability): string[] | null => {
    const decisions = counting.filter((grant) => grant.capability === capability)
    if (decisions.length === 0 || decisions.some((grant) => grant.decision !== 'allow')) return null
    if (ceiling && !ceiling.capabilities.includes(capability)) return null
    return declaredScope(manifest, capability).filter((item) =>
      decisions.every((grant) => grant.scope.includes(item)),
    )
  }

  const scopes = new Map<Capability, string[]>()
  for (const capability of declaredCapabilities(manifest)) {
    const scope = granted(capability)
    if (scope === null) continue
    // A policy has no list of readable inputs, so part of a reading grant can't be expressed: it is none.
    if (capability === 'fs:read' && scope.length < declaredScope(manifest, 'fs:read').length) continue
    scopes.set(capability, scope)
  }
  const within = (capability: Capability, limit: readonly string[] | undefined): string[] =>
    (scopes.get(capability) ?? []).filter((item) => limit === undefined || limit.includes(item))
  return {
    capabilities: [...scopes.keys()],
    fs_write_roots: (scopes.get('fs:write') ?? []).filter(
      (root) => ceiling === null || isInRoots(root, ceiling.fs_write_roots),
    ),
    net_hosts: within('net', ceiling?.net_hosts),
    secrets: within('env:read', ceiling?.secrets),
    exec: within('exec', ceiling?.exec),
  }
}
