import { z } from 'zod'
import { slugSchema, versionSchema } from './identifiers.ts'
import { maxReportContact, maxReportWords } from './report-limits.ts'

export const reportKinds = ['malware', 'vulnerability', 'impersonation', 'other'] as const
export type ReportKind = (typeof reportKinds)[number]

/** What anybody may tell a registry about a skill, and all that is sent. */
export const skillReportSchema = z.strictObject({
  slug: slugSchema,
  /** `*`: all of them, or not known. */
  version: z.union([versionSchema, z.literal('*')]).default('*'),
  kind: z.enum(reportKinds),
  words: z.string().trim().min(1, 'say what is wrong').max(maxReportWords),
  /** How whoever reports may be reached; null: not at all. */
  contact: z.string().trim().max(maxReportContact).nullable().default(null),
})
export type SkillReport = z.infer<typeof skillReportSchema>

/** The registry's name for a report that it took in. */
export const reportedSchema = z.object({ id: z.uuid() })
export type Reported = z.infer<typeof reportedSchema>
