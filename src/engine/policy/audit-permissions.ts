import type { Policy } from '../../shared/policy.ts'
import type { PermissionAudit } from '../api.ts'
import { checkSkillPermissions, type CheckedSkill, type PermissionCheck } from './check-permissions.ts'

/** SkillWeave's audit line: `parse-input [pure]`, `memory-update [fs:read, fs:write]`. */
export function permissionLine(slug: string, check: Pick<PermissionCheck, 'pure' | 'declared'>): string {
  return `${slug} [${check.pure ? 'pure' : check.declared.join(', ')}]`
}

/** Checks many skills, each against the policy that holds for it. */
export function auditPermissions(
  skills: readonly { skill: CheckedSkill; policy: Policy }[],
): PermissionAudit {
  const audited = skills.map(({ skill, policy }) => {
    const check = checkSkillPermissions(skill, policy)
    return {
      slug: skill.slug,
      line: permissionLine(skill.slug, check),
      ok: check.ok,
      violations: check.violations.map(({ capability, reason }) => `${capability}: ${reason}`),
    }
  })
  return { ok: audited.every((skill) => skill.ok), skills: audited }
}
