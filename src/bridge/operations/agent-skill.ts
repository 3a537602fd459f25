import { z } from 'zod'
import { skillSummarySchema, type SkillSummary } from '../../shared/contract/skills.ts'

/** A skill as agents see it: of this computer they learn whether it can run it, and what it lacks. */
export const agentSkillSchema = skillSummarySchema
  .omit({ fit: true })
  .extend({ fits: z.boolean(), whyNot: z.string().nullable() })

export function toAgentSkill({ fit, ...skill }: SkillSummary): z.input<typeof agentSkillSchema> {
  return { ...skill, fits: fit.ok, whyNot: fit.short }
}
