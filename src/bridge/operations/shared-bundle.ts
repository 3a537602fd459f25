import { z } from 'zod'

/** A share token, handed to the agent once and kept nowhere. */
export const sharedBundleSchema = z.object({
  token: z.string().describe('Handed out this once. Whoever has it may read the bundle and get its skills.'),
  registry: z.string().describe('Where it is good.'),
  bundle: z.string(),
  expiresAt: z.string(),
})
export type SharedBundle = z.infer<typeof sharedBundleSchema>
