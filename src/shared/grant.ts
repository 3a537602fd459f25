import { z } from 'zod'
import { capabilitySchema } from './capability.ts'

export const decisionSchema = z.enum(['allow', 'deny'])
export type Decision = z.infer<typeof decisionSchema>

/** How long an `allow` counts: for the next run, until Skillet is closed, or until it is taken back. */
export const lifeSchema = z.enum(['once', 'session', 'always'])
export type Life = z.infer<typeof lifeSchema>

/** A stored decision: bound to the skill, the capability, its scope and the release's capability digest. */
export const grantSchema = z.object({
  slug: z.string(),
  capability: capabilitySchema,
  decision: decisionSchema,
  scope: z.array(z.string()),
  /** SHA-256 over what the release declares; a release that declares something else needs a new decision. */
  capabilityDigest: z.string(),
  decidedAt: z.string(),
  by: z.enum(['window', 'cli', 'policy']),
  life: lifeSchema.default('always'),
})
export type Grant = z.infer<typeof grantSchema>
