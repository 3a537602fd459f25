import { z } from 'zod'

/** One line of the journal. */
export const auditEntrySchema = z.object({
  seq: z.number(),
  at: z.string(),
  event: z.string(),
  slug: z.string().nullable(),
  /** One plain sentence. */
  text: z.string(),
  detail: z.record(z.string(), z.unknown()),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
