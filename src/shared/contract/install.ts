import { z } from 'zod'
import { capabilitySchema } from '../capability.ts'
import { decisionSchema, lifeSchema } from '../grant.ts'
import { slugSchema, versionSchema } from '../identifiers.ts'
import { call } from './define.ts'
import { askSchema, provenanceSchema, skillSummarySchema } from './skills.ts'

export type { Decision, Life } from '../grant.ts'

/** The steps of an install, in order. */
export const installSteps = [
  'access',
  'signature',
  'hardware',
  'policy',
  'download',
  'digest',
  'extract',
  'save',
] as const
export type InstallStep = (typeof installSteps)[number]

/** A key that a skill asks for. `present`: it is in the keychain already. */
export const secretAskSchema = z.object({
  name: z.string(),
  title: z.string(),
  required: z.boolean(),
  hosts: z.array(z.string()),
  present: z.boolean(),
  /** Skillet adds it on the way; the skill never sees it. */
  unseen: z.boolean(),
})

/** What a person is asked before an install: access, signature, hardware and policy have passed by then. */
export const installPlanSchema = z.object({
  planId: z.string(),
  skill: skillSummarySchema,
  provenance: provenanceSchema,
  asks: z.array(
    askSchema.extend({
      /** An earlier decision that still stands. */ decided: z.enum(['allow', 'deny']).nullable(),
    }),
  ),
  cannot: z.array(z.string()),
  secrets: z.array(secretAskSchema),
  downloadBytes: z.number(),
  /** The installed version that it takes the place of. */
  replaces: versionSchema.nullable(),
  /** It would go back from a newer version: no earlier `allow` stands for that. */
  older: z.boolean(),
  /** Against what the installed version may do; null for a first install. */
  changes: z
    .object({
      /** It asks for something that was never allowed to the installed version: the person must decide. */
      widens: z.boolean(),
      added: z.array(askSchema),
      removed: z.array(askSchema),
      /** Same capability, another scope. */
      changed: z.array(z.object({ before: askSchema, after: askSchema })),
    })
    .nullable(),
})
export type InstallPlan = z.infer<typeof installPlanSchema>

/** A person's answer to one ask. */
export const answerSchema = z.object({ decision: decisionSchema, life: lifeSchema.default('always') })

export const installCalls = {
  'install.plan': call(z.object({ slug: slugSchema, version: versionSchema.optional() }), installPlanSchema),
  /** From a `.skillet` file that was dropped onto the window or opened with Skillet. `path` is absolute. */
  'install.planFile': call(z.object({ path: z.string().min(1).max(4096) }), installPlanSchema),
  /** Every asked capability needs a decision. Any `deny` refuses the install and is remembered. Resolves when the skill is in the Library. */
  'install.apply': call(
    z.object({ planId: z.string(), decisions: z.partialRecord(capabilitySchema, answerSchema) }),
    z.object({ slug: slugSchema, version: versionSchema }),
  ),
  'install.cancel': call(z.object({ planId: z.string() }), z.null()),
}

/** Real progress: `fraction` from 0 to 1 within `step`. */
export const installProgressSchema = z.object({
  planId: z.string(),
  step: z.enum(installSteps),
  fraction: z.number(),
})
export type InstallProgress = z.infer<typeof installProgressSchema>
