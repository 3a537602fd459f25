import { z } from 'zod'
import { versionSchema } from './identifiers.ts'

/** Why a skill was withdrawn, and what to do about it. */
export const withdrawnSchema = z.object({
  reason: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  revokedAt: z.string(),
  /** Keys that the person should replace. */
  rotate: z.array(z.object({ name: z.string(), title: z.string() })),
  /** A version of the same skill that isn't withdrawn; null where there is none. */
  saferVersion: versionSchema.nullable(),
})
export type Withdrawn = z.infer<typeof withdrawnSchema>
