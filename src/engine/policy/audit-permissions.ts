import type { Policy } from '../../shared/policy.ts'
import type { PermissionAudit } from '../api.ts'
import { checkSkillPermissions, type CheckedSkill, type PermissionCheck } from './check-permissions.ts'

/** SkillWeave's audit line: `parse-input [pure]`, `memory-update [fs:read, fs:write]`. */
export function permissionLine(slug: string, check: Pick<PermissionCheck, 'pure' | 'declared'>): string {
  return `${slug} [${check.pure ? 'pure' : check.declared.join(', ')}]`
}

/**
 * Checks many skills, each against the policy that holds for it, by name. What `unreadable` ones declare can't be told,
 * so they are violations.
 */
export function auditPermissions(
  skills: readonly { skill: CheckedSkill; policy: Policy }[],
  unreadable: readonly string[] = [],
): PermissionAudit {
  const audited = [
    ...skills.map(({ skill, policy }) => {
      const check = checkSkillPermissions(skill, policy)
      return {
        slug: skill.slug,
        line: permissionLine(skill.slug, check),
        ok: check.ok,
        violations: check.violations.map(({ capability, reason }) => `${capability}: ${reason}`),
      }
    }),
    ...unreadable.map((slug) => ({
      slug,
      line: `${slug} [unknown]`,
      ok: false,
      violations: ["manifest: What it declares can't be read: install it again, or remove it."],
    })),
  ]
  return {
    ok: audited.every((skill) => skill.ok),
    skills: audited.sort((a, b) => (a.slug < b.slug ? -1 : 1)),
  }
}
