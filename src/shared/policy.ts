import { z } from 'zod'
import { capabilitySchema } from './capability.ts'
import { hostSchema, secretNameSchema, stateFolderSchema } from './identifiers.ts'

/** What Skillet itself gives a run at most, whoever allows more. */
export const builtInLimits = {
  timeout_s: 300,
  memory_mb: 4096,
  runs_per_day: 100_000,
  requests_per_run: 10_000,
  egress_mb_per_day: 10_000,
} as const

/** Ceilings over what a manifest may ask for; an absent one sets none beyond Skillet's own. */
export const policyLimitsSchema = z.strictObject({
  timeout_s: z.number().int().positive().optional(),
  memory_mb: z.number().int().positive().optional(),
  runs_per_day: z.number().int().nonnegative().optional(),
  requests_per_run: z.number().int().nonnegative().optional(),
  egress_mb_per_day: z.number().int().nonnegative().optional(),
})
export type PolicyLimits = z.infer<typeof policyLimitsSchema>

/** Anything else could match nothing, and whoever wrote it would believe that it does. */
const writeRootSchema = z
  .string()
  .refine(
    (root) =>
      root === 'state:*' ||
      /^input:(\*|[a-z][a-z0-9_-]{0,39})$/.test(root) ||
      stateFolderSchema.safeParse(root).success,
    "must be a folder inside a skill's own state such as traces (no / at either end), state:*, input:* or input:NAME",
  )

/**
 * What a run may do at most, in SkillWeave's form. An absent list of hosts, secrets or programs sets no limit
 * beyond what the skill declares; `[]` allows none. `capabilities` and `fs_write_roots` are always explicit.
 */
export const policySchema = z.strictObject({
  capabilities: z.array(capabilitySchema),
  /** Folders of the skill's own state that may be written, and `input:NAME` for those that a person chooses. */
  fs_write_roots: z.array(writeRootSchema),
  net_hosts: z.array(hostSchema).optional(),
  secrets: z.array(secretNameSchema).optional(),
  exec: z.array(z.string()).optional(),
  limits: policyLimitsSchema.optional(),
})
export type Policy = z.infer<typeof policySchema>

/** What a person allows skills at most, in `policy.json`: whatever isn't named there sets no limit. */
export const userPolicySchema = policySchema.partial()
export type UserPolicy = z.infer<typeof userPolicySchema>
