import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { aboutSubmission, record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { areOne, assertNotOwn, deciderOf } from '../auth/not-own.ts'
import { within, type Database } from '../db/database.ts'
import type { SubmissionState, Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { revocationReason } from '../revocations.ts'
import { claimName, versionExists } from './submit.ts'
import { tellPublisher } from './tell-publisher.ts'

export interface DecidePorts {
  readonly database: Database
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
}

/** How a decision leaves a submission. */
export interface Decided {
  readonly state: SubmissionState
  /** How many more reviewers must approve. */
  readonly missing: number
}

/**
 * One reviewer's approval. With the last that is needed the submission goes on to be signed.
 * Throws NOT_FOUND, BUSY (decided already, or by this reviewer), VERSION_EXISTS,
 * FORBIDDEN (one's own submission, or the name went to another publisher meanwhile), REVOKED (every version was withdrawn).
 */
export async function approveSubmission(
  { database, jobs }: DecidePorts,
  reviewer: Caller,
  id: string,
  comment: string,
): Promise<Decided> {
  const decided = await within(database, { across: 'review' }, async (transaction) => {
    const submission = await waiting(transaction, reviewer, id)
    const { slug, version } = submission
    if (slug === null || version === null)
      throw new SkilletError('PUBLISH_REJECTED', 'This submission has no readable skill.toml.')
    await claimName(transaction, slug, submission.account_id)
    const published = await transaction
      .selectFrom('releases')
      .select('seq')
      .where('slug', '=', slug)
      .where('version', '=', version)
      .executeTakeFirst()
    if (published !== undefined) throw versionExists(slug, version)
    await assertNotWithdrawn(transaction, slug)
    const round = await keepDecision(transaction, submission, reviewer, 'approve', comment)
    const { approvals } = await transaction
      .selectFrom('submission_decisions')
      .select((select) => select.fn.countAll<string>().as('approvals'))
      .where('submission_id', '=', id)
      .where('round', '=', round)
      .where('decision', '=', 'approve')
      .executeTakeFirstOrThrow()
    const missing = Math.max(0, submission.reviews_needed - Number(approvals))
    if (missing > 0) return { state: 'in_review' as const, missing }
    await decide(transaction, id, 'approved', reviewer, comment)
    await transaction
      .insertInto('submission_steps')
      .values(
        (['sign', 'publish'] as const).map((step) => ({
          submission_id: id,
          account_id: submission.account_id,
          step,
          round,
          state: 'waiting' as const,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await jobs.send(transaction, 'sign', { submission: id, round })
    return { state: 'approved' as const, missing: 0 }
  })
  jobs.wake('sign')
  return decided
}

/** Turns a submission down; `comment` tells the publisher why. Throws NOT_FOUND, BUSY (decided already), FORBIDDEN. */
export async function rejectSubmission(
  { database, jobs }: DecidePorts,
  reviewer: Caller,
  id: string,
  comment: string,
): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    const submission = await waiting(transaction, reviewer, id)
    await keepDecision(transaction, submission, reviewer, 'reject', comment)
    await decide(transaction, id, 'rejected', reviewer, comment)
    await tellPublisher(
      transaction,
      jobs,
      submission,
      'submission.rejected',
      (name) => `${name} was sent back: ${comment}`,
    )
  })
  jobs.wake('deliver')
}

/** Locks the row, so that two reviewers can't decide at once. */
async function waiting(transaction: Transaction<Tables>, reviewer: Caller, id: string) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'state', 'account_id', 'slug', 'version', 'reviews_needed'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
  if (submission.state !== 'in_review')
    throw new SkilletError('BUSY', `This submission is ${submission.state.replace('_', ' ')} already.`, {
      remedy: 'Nothing is left to decide; see registry review list.',
    })
  await assertNotOwn(transaction, submission, reviewer)
  return submission
}

/** Keeps who decided what, and answers with the round that it was about. */
async function keepDecision(
  transaction: Transaction<Tables>,
  submission: Awaited<ReturnType<typeof waiting>>,
  reviewer: Caller,
  decision: 'approve' | 'reject',
  comment: string,
): Promise<number> {
  const { round } = await transaction
    .selectFrom('submission_steps')
    .select((select) => select.fn.max('round').as('round'))
    .where('submission_id', '=', submission.id)
    .executeTakeFirstOrThrow()
  const decided = await transaction
    .selectFrom('submission_decisions')
    .select('reviewer_id')
    .where('submission_id', '=', submission.id)
    .where('round', '=', round)
    .execute()
  const before = decided.map(({ reviewer_id }) => reviewer_id)
  if (await areOne(transaction, reviewer, before))
    throw new SkilletError('BUSY', 'You have decided over this submission already.', {
      remedy: 'Somebody else must look at it too.',
    })
  await transaction
    .insertInto('submission_decisions')
    .values({
      submission_id: submission.id,
      account_id: submission.account_id,
      round,
      reviewer: reviewer.name,
      reviewer_id: deciderOf(reviewer),
      decision,
      comment,
    })
    .execute()
  await record(transaction, reviewer, {
    accountId: submission.account_id,
    action: `submission.${decision}`,
    ...aboutSubmission(submission),
  })
  return round
}

async function assertNotWithdrawn(transaction: Database, slug: string): Promise<void> {
  const reason = await revocationReason(transaction, slug, '*')
  if (reason !== null)
    throw new SkilletError('REVOKED', `Every version of ${slug} was withdrawn: ${reason}`, {
      remedy: 'Publish it under another name, or reject this submission.',
    })
}

async function decide(
  transaction: Transaction<Tables>,
  id: string,
  state: 'approved' | 'rejected',
  reviewer: Caller,
  comment: string,
): Promise<void> {
  await transaction
    .updateTable('submissions')
    .set({ state, reviewed_at: new Date(), reviewer: reviewer.name, comment })
    .where('id', '=', id)
    .execute()
}
