import { capabilities as vocabulary, isCapability } from '../../shared/capability.ts'
import { hostSchema } from '../../shared/identifiers.ts'
import type { Policy } from '../../shared/policy.ts'
import { redactSecrets } from '../secrets/redact.ts'
import { demandsOf, type CheckedSkill } from './demands.ts'
import { isInRoots } from './write-roots.ts'

export type { CheckedSkill } from './demands.ts'

export interface Violation {
  /** The capability it is about, as the skill wrote it. */
  capability: string
  /** One sentence for a person; holds no secret. */
  reason: string
}

export interface PermissionCheck {
  ok: boolean
  /** Declares nothing and uses nothing: it can only compute. */
  pure: boolean
  declared: string[]
  violations: Violation[]
}

/**
 * The pre-flight check: is all that a skill declares within the policy, and does it declare all that it uses?
 * Pure, and safe on hostile input: whatever can't be understood is a violation, so nothing executes.
 */
export function checkSkillPermissions(skill: CheckedSkill, policy: Policy): PermissionCheck {
  try {
    return check(skill, policy)
  } catch {
    const violations = [{ capability: 'manifest', reason: "What it declares, or the policy, can't be read." }]
    return { ok: false, pure: false, declared: [], violations }
  }
}

function check(skill: CheckedSkill, policy: Policy): PermissionCheck {
  const demands = demandsOf(skill)
  const allowed = listOf(policy?.capabilities) ?? []
  const violations: Violation[] = []
  const refuse = (capability: string, reason: string) =>
    violations.push({ capability: shown(capability), reason: shown(reason) })

  for (const capability of demands.declared) {
    if (!isCapability(capability))
      refuse(capability, `“${capability}” is not a capability that exists, so nobody can allow it.`)
    else if (!allowed.includes(capability)) refuse(capability, `${capability} is not allowed.`)
  }
  for (const { capability, what } of demands.used)
    if (!demands.declared.includes(capability))
      refuse(capability, `It uses ${what} but does not declare ${capability}.`)

  for (const host of demands.hosts) {
    if (!hostSchema.safeParse(host).success) refuse('net', `“${host}” is not one exact host name.`)
    else if (!isIn(host, policy?.net_hosts)) refuse('net', `The host ${host} is not allowed.`)
  }
  for (const folder of demands.writes)
    if (!isInRoots(folder, listOf(policy?.fs_write_roots) ?? []))
      refuse('fs:write', `Writing to “${folder}” is not allowed.`)
  for (const { name, hosts } of demands.secrets) {
    if (!isIn(name, policy?.secrets)) refuse('env:read', `The key ${name} is not allowed.`)
    for (const host of hosts)
      if (!demands.hosts.includes(host))
        refuse('env:read', `The key ${name} would go to ${host}, which the skill does not declare.`)
  }
  for (const program of demands.programs) {
    if (/[^A-Za-z0-9._+-]/.test(program)) refuse('exec', `“${program}” is not a program's name.`)
    else if (!isIn(program, policy?.exec)) refuse('exec', `Starting ${program} is not allowed.`)
  }
  for (const reason of demands.malformed) refuse('manifest', reason)

  return {
    ok: violations.length === 0,
    pure: demands.declared.length === 0 && demands.used.length === 0 && demands.malformed.length === 0,
    declared: inOrder(demands.declared).map(shown),
    violations,
  }
}

/** An absent list sets no limit; anything that is not a list allows nothing. */
function isIn(item: string, limit: unknown): boolean {
  return limit === undefined || (listOf(limit) ?? []).includes(item)
}

function listOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null
}

/** What the skill's author wrote goes to a person's screen and into the journal: no secret, no control characters. */
function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return redactSecrets(text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�')).slice(
    0,
    300,
  )
}

function inOrder(declared: readonly string[]): string[] {
  const known: string[] = vocabulary.filter((capability) => declared.includes(capability))
  return [...known, ...declared.filter((capability) => !isCapability(capability))]
}
