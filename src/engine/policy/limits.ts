import { builtInLimits, type Policy, type PolicyLimits } from '../../shared/policy.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'

/** Every limit, each with a value: seconds, MiB, runs a day, requests a run, MiB sent a day. */
export type EffectiveLimits = Record<keyof PolicyLimits, number>

/** Of two sets of limits the smaller of each; one that only one of them has counts as it is. */
export function meetLimits(a: PolicyLimits, b: PolicyLimits): PolicyLimits {
  const met: PolicyLimits = { ...a }
  for (const name of limitNames) {
    const limit = b[name]
    if (limit !== undefined) met[name] = Math.min(met[name] ?? limit, limit)
  }
  return met
}

/** What a run of this skill is held to: what its manifest asks for, cut to Skillet's own limits and the policy's. */
export function effectiveLimits(
  { sandbox, budget }: Pick<SkillManifest, 'sandbox' | 'budget'>,
  policy: Pick<Policy, 'limits'>,
): EffectiveLimits {
  const { timeout_s, memory_mb } = sandbox
  const { runs_per_day, requests_per_run, egress_mb_per_day } = budget
  const limits: EffectiveLimits = { timeout_s, memory_mb, runs_per_day, requests_per_run, egress_mb_per_day }
  const most = meetLimits(builtInLimits, policy.limits ?? {})
  for (const name of limitNames) limits[name] = Math.min(limits[name], most[name] ?? limits[name])
  return limits
}

const limitNames = Object.keys(builtInLimits) as (keyof typeof builtInLimits)[]
