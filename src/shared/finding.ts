import { z } from 'zod'

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const
const ruleGroups = ['manifest', 'consistency', 'archive', 'prose', 'code', 'secret'] as const

/** One thing that the linter found. `line` counts from 1 and is null where the whole file is meant. */
export const findingSchema = z.object({
  /** `group/name` */
  rule: z.string().regex(new RegExp(`^(${ruleGroups.join('|')})/[a-z0-9-]+$`)),
  severity: z.enum(severities),
  file: z.string(),
  line: z.number().int().positive().nullable(),
  message: z.string(),
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
