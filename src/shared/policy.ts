import { z } from 'zod'
import { capabilitySchema } from './capability.ts'
import { hostSchema, secretNameSchema } from './identifiers.ts'

/**
 * What a run may do at most, in SkillWeave's form. An absent list of hosts, secrets or programs sets no limit
 * beyond what the skill declares; `[]` allows none. `capabilities` and `fs_write_roots` are always explicit.
 */
export const policySchema = z.strictObject({
  capabilities: z.array(capabilitySchema),
  /** Folders of the skill's own state that may be written. */
  fs_write_roots: z.array(z.string()),
  net_hosts: z.array(hostSchema).optional(),
  secrets: z.array(secretNameSchema).optional(),
  exec: z.array(z.string()).optional(),
})
export type Policy = z.infer<typeof policySchema>
