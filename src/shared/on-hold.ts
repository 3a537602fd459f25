import { z } from 'zod'

/** What the registry says about a skill that was reported as dangerous and is being looked into. */
export const onHoldSchema = z.object({
  words: z.string(),
  /** RFC 3339, UTC. */
  since: z.string(),
})
export type OnHold = z.infer<typeof onHoldSchema>
