import { severities, type Finding, type LintReport } from '../shared/finding.ts'

/** Findings in reading order, worst file and line first within equal severity. High or critical fails, medium warns. */
export function toReport(path: string, findings: readonly Finding[]): LintReport {
  const rank = (finding: Finding) => severities.indexOf(finding.severity)
  const sorted = [...findings].sort(
    (a, b) =>
      rank(b) - rank(a) ||
      compare(a.file, b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      compare(a.rule, b.rule),
  )
  const worst = sorted[0] === undefined ? -1 : rank(sorted[0])
  const verdict =
    worst >= severities.indexOf('high') ? 'fail' : worst >= severities.indexOf('medium') ? 'warn' : 'pass'
  return { path, verdict, findings: sorted }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
