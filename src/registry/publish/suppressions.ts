import type { Transaction } from 'kysely'
import { fingerprint } from '../../review/fingerprint.ts'
import { toReport } from '../../review/report.ts'
import type { Finding, LintReport } from '../../shared/finding.ts'
import { SkilletError } from '../../shared/errors.ts'
import { aboutSubmission, record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { assertNotOwn } from '../auth/not-own.ts'
import { within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify } from '../notify.ts'

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

/**
 * Sets a finding of a submission aside, for this skill and from the next time that it is looked at. Throws NOT_FOUND (no
 * such finding), FORBIDDEN (one's own account), BUSY (set aside already), INPUT_INVALID (a skill without a name).
 */
export async function suppress(
  { database, jobs }: { database: Database; jobs: Pick<Jobs, 'send'> },
  reviewer: Caller,
  submissionId: string,
  wanted: { fingerprint: string; reason: string },
): Promise<{ id: string }> {
  return within(database, { across: 'review' }, async (transaction) => {
    const submission = await transaction
      .selectFrom('submissions')
      .select(['id', 'account_id', 'slug', 'version', 'findings'])
      .where('id', '=', submissionId)
      .forUpdate()
      .executeTakeFirst()
    if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
    await assertNotOwn(transaction, submission, reviewer)
    const { account_id, slug } = submission
    if (slug === null)
      throw new SkilletError('INPUT_INVALID', 'This submission has no readable skill.toml.', {
        remedy: 'Its publisher must correct it.',
      })
    const finding = submission.findings.find((one) => fingerprint(one) === wanted.fingerprint)
    if (finding === undefined) throw new SkilletError('NOT_FOUND', 'This submission has no such finding.')
    const known = await transaction
      .selectFrom('suppressions')
      .select('id')
      .where('account_id', '=', account_id)
      .where('slug', '=', slug)
      .where('fingerprint', '=', wanted.fingerprint)
      .where('lifted_at', 'is', null)
      .executeTakeFirst()
    if (known !== undefined)
      throw new SkilletError('BUSY', 'This finding was set aside already.', {
        remedy: 'Nothing is left to do.',
      })
    const { rule } = finding
    const made = await transaction
      .insertInto('suppressions')
      .values({ ...wanted, account_id, slug, rule, reviewer: reviewer.name })
      .returning('id')
      .executeTakeFirstOrThrow()
    await record(transaction, reviewer, {
      accountId: account_id,
      action: 'finding.set_aside',
      ...aboutSubmission(submission, { rule, suppression: made.id }),
    })
    await notify(transaction, jobs, {
      accountId: account_id,
      event: 'finding.set_aside',
      words: `A finding was set aside: ${wanted.reason}`,
      link: `#/submissions/${submissionId}`,
      about: { submission: submissionId, rule },
    })
    return made
  })
}

/** Has a finding count again, from the next time that the skill is looked at. Throws NOT_FOUND, FORBIDDEN. */
export async function liftSuppression(
  { database, jobs }: { database: Database; jobs: Pick<Jobs, 'send'> },
  reviewer: Caller,
  id: string,
): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    const lifted = await transaction
      .updateTable('suppressions')
      .set({ lifted_at: new Date() })
      .where('id', '=', id)
      .where('lifted_at', 'is', null)
      .returning(['account_id', 'slug', 'rule'])
      .executeTakeFirst()
    if (lifted === undefined) throw new SkilletError('NOT_FOUND', 'No such finding is set aside.')
    await assertNotOwn(transaction, lifted, reviewer)
    await record(transaction, reviewer, {
      accountId: lifted.account_id,
      action: 'finding.counts_again',
      target: lifted.slug,
      detail: { rule: lifted.rule, suppression: id },
    })
    await notify(transaction, jobs, {
      accountId: lifted.account_id,
      event: 'finding.counts_again',
      words: `A finding of ${lifted.slug} that was set aside counts again, from the next check.`,
      about: { slug: lifted.slug, rule: lifted.rule },
    })
  })
}
