import { z } from 'zod'
import { skillSummarySchema, type SkillSummary } from '../../shared/contract/skills.ts'

/** A skill as agents see it: of this computer they learn whether it can run it, and what it lacks. */
export const agentSkillSchema = skillSummarySchema
  .omit({ fit: true })
  .extend({ fits: z.boolean(), whyNot: z.string().nullable() })

export function toAgentSkill(skill: SkillSummary): z.input<typeof agentSkillSchema> {
  // Member by member: taking one out of a copy takes ten times as long, and a page holds many.
  return {
    slug: skill.slug,
    version: skill.version,
    title: skill.title,
    summary: skill.summary,
    publisher: skill.publisher,
    category: skill.category,
    tags: skill.tags,
    tier: skill.tier,
    capabilities: skill.capabilities,
    needsKey: skill.needsKey,
    installedVersion: skill.installedVersion,
    fits: skill.fit.ok,
    whyNot: skill.fit.short,
  }
}
