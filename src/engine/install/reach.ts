import type { Capability } from '../../shared/capability.ts'
import { carriesMeans, declaredScope } from '../../shared/capability-words.ts'
import { ownProgram, type SkillManifest } from '../../shared/skill-manifest.ts'

/** One thing that a capability reaches. `scope` is its name among the capability's scope, `item` all that matters of it. */
interface Reached {
  readonly scope: string
  readonly item: string
}

/**
 * What a capability reaches in this skill, finer than its scope: a key with each host that it may go to, an input with
 * its kind. Nothing is widened where each item of the new reach is one of the old.
 */
export function reachOf(manifest: SkillManifest, capability: Capability): Reached[] {
  return declaredScope(manifest, capability).flatMap((scope): Reached[] => {
    if (capability === 'env:read') {
      const hosts = manifest.secrets[scope]?.hosts ?? []
      return [{ scope, item: scope }, ...hosts.map((host) => ({ scope, item: `${scope} to ${host}` }))]
    }
    const input = scope.startsWith('input:') ? manifest.run.inputs[scope.slice('input:'.length)] : undefined
    return [{ scope, item: input === undefined ? scope : `${input.type} ${scope}` }]
  })
}

/** Whether what `capability` reaches in `after` was all within reach in `before`, limited to the `allowed` scope. */
export function isWithin(
  after: SkillManifest,
  before: SkillManifest,
  capability: Capability,
  allowed: readonly string[] = declaredScope(before, capability),
): boolean {
  const reached = new Set(
    reachOf(before, capability)
      .filter(({ scope }) => allowed.includes(scope))
      .map(({ item }) => item),
  )
  return (
    before.capabilities[capability] !== undefined &&
    reachOf(after, capability).every(({ item }) => reached.has(item)) &&
    (capability !== 'net' || sendsNoMore(after, before)) &&
    (!carriesMeans(after, capability) || worksWithNoMore(after, before))
  )
}

/** What it may send is as much a part of going online as where to. */
function sendsNoMore({ budget: after }: SkillManifest, { budget: before }: SkillManifest): boolean {
  return (
    after.requests_per_run <= before.requests_per_run && after.egress_mb_per_day <= before.egress_mb_per_day
  )
}

/** No capability stands for the program that runs it, nor for the graphics card. */
function worksWithNoMore(after: SkillManifest, before: SkillManifest): boolean {
  const graphics = after.requires.cuda === undefined || before.requires.cuda !== undefined
  return graphics && ownProgram(after) === ownProgram(before)
}
