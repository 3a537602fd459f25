import type { Capability } from '../../shared/capability.ts'
import { declaredCapabilities, declaredScope } from '../../shared/capability-words.ts'
import type { Grant } from '../../shared/contract/overview.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { capabilityDigest } from '../grants/digest.ts'
import { isWithin } from './reach.ts'

/**
 * Earlier decisions that stand for this release too, as grants that are bound to it. An `allow` covers a release that
 * reaches no further than the installed one was allowed to; a `deny` stands for as long as anything that was denied is asked for.
 * Capabilities that nobody has decided about, or that reach further now, are not in it, nor is what was allowed for one
 * run: that run was to be one of the version that the person looked at.
 */
export function standingDecisions(
  manifest: SkillManifest,
  installed: SkillManifest | null,
  grants: readonly Grant[],
): Map<Capability, Grant> {
  const digest = capabilityDigest(manifest)
  const installedDigest = installed === null ? null : capabilityDigest(installed)
  const standing = new Map<Capability, Grant>()
  for (const capability of declaredCapabilities(manifest)) {
    const earlier = grants.filter((grant) => grant.capability === capability && grant.life !== 'once')
    const scope = declaredScope(manifest, capability)
    const grant =
      earlier.find((one) => one.capabilityDigest === digest) ??
      earlier.find(
        (one) =>
          one.decision === 'allow' &&
          installed !== null &&
          one.capabilityDigest === installedDigest &&
          isWithin(manifest, installed, capability, one.scope),
      ) ??
      earlier.find((one) => one.decision === 'deny' && stillAskedFor(one.scope, scope))
    if (grant !== undefined)
      standing.set(
        capability,
        grant.capabilityDigest === digest ? grant : { ...grant, scope, capabilityDigest: digest },
      )
  }
  return standing
}

/** Whatever was denied without a list was denied as a whole. */
function stillAskedFor(denied: readonly string[], asked: readonly string[]): boolean {
  return denied.length === 0 || denied.some((item) => asked.includes(item))
}

/** What stands where every `allow` has to be given anew. */
export function withoutAllows(standing: ReadonlyMap<Capability, Grant>): Map<Capability, Grant> {
  return new Map([...standing].filter(([, { decision }]) => decision !== 'allow'))
}
