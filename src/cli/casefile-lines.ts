import type { Casefile } from '../engine/registry-client/staff-calls.ts'
import { SkilletError } from '../shared/errors.ts'
import { lintLines } from './commands/lint.ts'

/** Characters of a finding's fingerprint that are shown, and enough to name it by. */
const shown = 10

/** A submission for whoever reviews it: how far it is, what was found, and what people said about it. */
export function casefileLines(file: Casefile): string[] {
  const { slug, version, state, publisher, submittedBy, verdict, findings, comment } = file
  const aside = file.suppressions.filter(({ liftedAt }) => liftedAt === null)
  return [
    `${slug ?? '?'} ${version ?? '?'}: ${state.replace('_', ' ')}`,
    `Publisher: ${publisher}${submittedBy === publisher ? '' : `, submitted by ${submittedBy}`}`,
    ...(state === 'in_review' ? [`Approvals needed: ${file.reviewsNeeded}`] : []),
    ...(verdict === null ? [] : lintLines({ path: slug ?? file.id, verdict, findings })),
    ...[...new Set(findings.map(({ fingerprint }) => fingerprint))].map((fingerprint) => {
      const { rule, file: path, line } = findings.find((one) => one.fingerprint === fingerprint)!
      return `  Finding ${fingerprint.slice(0, shown)}  ${rule}  ${path}${line === null ? '' : `:${line}`}`
    }),
    ...aside.map(({ id, rule, reason, reviewer }) => `Set aside ${id}  ${rule}  by ${reviewer}: ${reason}`),
    ...file.steps.flatMap(({ step, round, note }) =>
      note === null ? [] : [`Check ${round}, ${step}: ${note}`],
    ),
    ...file.decisions.map(
      ({ reviewer, decision, comment: words }) =>
        `${reviewer} ${decision === 'approve' ? 'approved' : 'sent it back'}: ${words}`,
    ),
    ...file.appeals.flatMap(({ words, answer, answeredBy }) => [
      `The publisher objects: ${words}`,
      ...(answer === null ? [] : [`${answeredBy ?? '?'} answered: ${answer}`]),
    ]),
    ...(comment === null ? [] : [`Comment: ${comment}`]),
  ]
}

/** The one finding that these first characters name. Throws USAGE where they name none, or several. */
export function findingNamed(file: Pick<Casefile, 'id' | 'findings'>, start: string): string {
  const all = new Set(file.findings.map(({ fingerprint }) => fingerprint))
  const [found, ...more] = [...all].filter((one) => start.length >= 6 && one.startsWith(start))
  if (found === undefined || more.length > 0)
    throw new SkilletError('USAGE', `${start} names no finding of this submission, or several.`, {
      remedy: `See them: skillet registry review show ${file.id}`,
    })
  return found
}
