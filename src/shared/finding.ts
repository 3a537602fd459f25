import { z } from 'zod'

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const
const ruleGroups = ['manifest', 'consistency', 'archive', 'prose', 'code', 'secret'] as const

/** One thing that a review found. `line` counts from 1 and is null where the whole file is meant. */
export const findingSchema = z.object({
  /** `group/name` */
  rule: z.string().regex(new RegExp(`^(${ruleGroups.join('|')})/[a-z0-9-]+$`)),
  severity: z.enum(severities),
  file: z.string(),
  line: z.number().int().positive().nullable(),
  /**
   * What was found, on one line of at most 160 characters: invisible characters made visible, keys hidden. One that
   * was shortened ends with a digest of the whole, so that two which differ further on differ here.
   * Null where a file as a whole is meant. Findings that were stored before there were snippets are read as null.
   */
  snippet: z.string().max(160).nullable().default(null),
  /** What is there, as a sentence. */
  message: z.string(),
  /** Why that matters, as a sentence for a person. Empty in findings that were stored before it was written down. */
  why: z.string().default(''),
  /** What to do about it. */
  fix: z.string(),
})
export type Finding = z.infer<typeof findingSchema>

/** `lint --json`: high or critical means fail, medium means warn. */
export const lintReportSchema = z.object({
  path: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail']),
  findings: z.array(findingSchema),
})
export type LintReport = z.infer<typeof lintReportSchema>
