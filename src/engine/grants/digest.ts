import { createHash } from 'node:crypto'
import { declaredCapabilities, declaredScope } from '../../shared/capability-words.ts'
import { ownProgram, usualProgram, type SkillManifest } from '../../shared/skill-manifest.ts'

/**
 * SHA-256, lower-case hex, over all that a release's capabilities reach: their names, hosts, folders, programs, inputs
 * with their kinds, keys with the hosts they may go to and whether it sees them, how much it may send, the program that runs it and the graphics
 * card. Reasons and the order of lists don't
 * count, so rewording asks nobody again; anything that reaches further, or elsewhere, gives another digest and needs a
 * new decision.
 */
export function capabilityDigest(manifest: SkillManifest): string {
  return createHash('sha256').update(canonicalReach(manifest)).digest('hex')
}

/** Arrays of pairs, each sorted, so that there is exactly one text for one reach. */
function canonicalReach(manifest: SkillManifest): string {
  const capabilities = declaredCapabilities(manifest).map((capability) => [
    capability,
    [...declaredScope(manifest, capability)].sort(),
  ])
  const secrets = Object.entries(manifest.secrets).map(([name, secret]) => [
    name,
    [...secret.hosts].sort(),
    // Whoever let a skill use a key unseen hasn't handed it over.
    ...(secret.broker === true ? ['unseen'] : []),
  ])
  const inputs = Object.entries(manifest.run.inputs)
    .filter(([, input]) => input.type === 'file' || input.type === 'folder')
    .map(([name, input]) => [name, input.type])
  const { requests_per_run, egress_mb_per_day } = manifest.budget
  const sends = manifest.capabilities.net === undefined ? [] : [[requests_per_run, egress_mb_per_day]]
  const own = ownProgram(manifest)
  const means = [
    ...(own === usualProgram ? [] : [{ program: own }]),
    ...(manifest.requires.cuda === undefined ? [] : ['graphics']),
  ]
  return JSON.stringify([
    1,
    capabilities.sort(byName),
    secrets.sort(byName),
    inputs.sort(byName),
    ...sends,
    ...means,
  ])
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1
}
