import type { Transaction } from 'kysely'
import { fingerprint } from '../../review/fingerprint.ts'
import { toReport } from '../../review/report.ts'
import type { Finding, LintReport } from '../../shared/finding.ts'
import type { Tables } from '../db/tables.ts'

/**
 * What counts of a report: without the findings that a reviewer set aside for this very skill, with a reason. They stay
 * visible; they only decide nothing.
 */
export async function countedFindings(
  transaction: Transaction<Tables>,
  { account_id, slug }: { account_id: string; slug: string | null },
  report: Pick<LintReport, 'path'> & { findings: readonly Finding[] },
): Promise<LintReport> {
  if (slug === null) return toReport(report.path, [...report.findings])
  const rows = await transaction
    .selectFrom('suppressions')
    .select('fingerprint')
    .where('account_id', '=', account_id)
    .where('slug', '=', slug)
    .where('lifted_at', 'is', null)
    .execute()
  const known = new Set(rows.map((row) => row.fingerprint))
  return toReport(
    report.path,
    report.findings.filter((finding) => !known.has(fingerprint(finding))),
  )
}
