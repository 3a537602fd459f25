import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { aboutSubmission, record } from '../audit.ts'
import { holds, type Caller } from '../auth/caller.ts'
import { assertNotOwn } from '../auth/not-own.ts'
import { isDuplicate, ofTenant, within, type Database, type Reach } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify } from '../notify.ts'
import { startRound } from './submit.ts'
import { tellPublisher } from './tell-publisher.ts'

export interface RoundPorts {
  readonly database: Database
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
}

/** Reviewers see every account's submissions, publishers their own. */
export function reachOf(caller: Caller): Reach {
  return holds(caller, 'review:write') ? { across: 'review' } : { tenant: caller.accountId }
}

/**
 * Has a submission looked at anew, with today's rules and without what was set aside since. A publisher may have that for
 * what no person turned down. Throws NOT_FOUND, BUSY (under way, or published), FORBIDDEN.
 */
export async function scanAgain(
  { database, jobs }: RoundPorts,
  caller: Caller,
  id: string,
): Promise<{ round: number }> {
  const reach = reachOf(caller)
  const round = await within(database, reach, async (transaction) => {
    const submission = await lockResting(transaction, reach, id)
    const decided = await transaction
      .selectFrom('submission_decisions')
      .select('id')
      .where('submission_id', '=', id)
      .where('decision', '=', 'reject')
      .limit(1)
      .executeTakeFirst()
    if (decided !== undefined && !holds(caller, 'review:write'))
      throw new SkilletError('FORBIDDEN', 'A reviewer turned this down.', {
        remedy: 'Appeal and say why, or correct it and submit a new version.',
      })
    if (submission.account_id !== caller.accountId)
      await tellPublisher(
        transaction,
        jobs,
        submission,
        'submission.scanned_again',
        (name) => `${name} is looked at again: a reviewer asked for it.`,
      )
    return nextRound(transaction, jobs, caller, submission)
  })
  jobs.wake('lint')
  jobs.wake('deliver')
  return { round }
}

/** A publisher's objection, one at a time. Throws NOT_FOUND, BUSY (one is open, or nothing was turned down). */
export async function appeal(
  { database }: Pick<RoundPorts, 'database'>,
  caller: Caller,
  id: string,
  words: string,
): Promise<{ id: string }> {
  const reach = { tenant: caller.accountId }
  return within(database, reach, async (transaction) => {
    const submission = await lockResting(transaction, reach, id)
    if (submission.state === 'in_review')
      throw new SkilletError('BUSY', 'Nothing was turned down: a reviewer is going to look at it.', {
        remedy: 'Wait for the review.',
      })
    const made = await transaction
      .insertInto('appeals')
      .values({ submission_id: id, account_id: submission.account_id, words })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch((error: unknown) => {
        if (!isDuplicate(error)) throw error
        throw new SkilletError('BUSY', 'There is an appeal already.', { remedy: 'Wait for the answer.' })
      })
    await record(transaction, caller, {
      accountId: submission.account_id,
      action: 'appeal.made',
      ...aboutSubmission(submission),
    })
    return made
  })
}

/**
 * A reviewer's answer to the open appeal; where it is `granted`, the submission goes through the scan anew and before the
 * reviewers again. Throws NOT_FOUND, FORBIDDEN (one's own account).
 */
export async function answerAppeal(
  { database, jobs }: RoundPorts,
  reviewer: Caller,
  id: string,
  { answer, granted }: { answer: string; granted: boolean },
): Promise<void> {
  const reach = { across: 'review' } as const
  await within(database, reach, async (transaction) => {
    const submission = await lockResting(transaction, reach, id)
    await assertNotOwn(transaction, submission, reviewer)
    const answered = await transaction
      .updateTable('appeals')
      .set({ answer, answered_by: reviewer.name, answered_at: new Date() })
      .where('submission_id', '=', id)
      .where('answered_at', 'is', null)
      .executeTakeFirst()
    if (answered.numUpdatedRows === 0n) throw new SkilletError('NOT_FOUND', 'There is no open appeal.')
    await record(transaction, reviewer, {
      accountId: submission.account_id,
      action: granted ? 'appeal.granted' : 'appeal.refused',
      ...aboutSubmission(submission),
    })
    await notify(transaction, jobs, {
      accountId: submission.account_id,
      event: 'appeal.answered',
      words: `Your appeal was answered: ${answer}`,
      link: `#/submissions/${id}`,
      about: { submission: id },
    })
    if (granted) await nextRound(transaction, jobs, reviewer, submission)
  })
  if (granted) jobs.wake('lint')
  jobs.wake('deliver')
}

/** The submission, locked, if the registry has nothing to do with it at the moment and it isn't published. */
async function lockResting(transaction: Transaction<Tables>, reach: Reach, id: string) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'account_id', 'slug', 'version', 'state'])
    .where('id', '=', id)
    .where(ofTenant(reach))
    .forUpdate()
    .executeTakeFirst()
  if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
  if (!['in_review', 'rejected', 'failed'].includes(submission.state))
    throw new SkilletError(
      'BUSY',
      submission.state === 'published' ? 'This is published already.' : 'This is on its way.',
      { remedy: 'A published version never changes; what is on its way comes to rest in a moment.' },
    )
  return submission
}

async function nextRound(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  caller: Caller,
  submission: Awaited<ReturnType<typeof lockResting>>,
): Promise<number> {
  const { id, account_id } = submission
  const { last } = await transaction
    .selectFrom('submission_steps')
    .select((select) => select.fn.max('round').as('last'))
    .where('submission_id', '=', id)
    .executeTakeFirstOrThrow()
  const round = Number(last ?? 0) + 1
  await transaction
    .updateTable('submissions')
    .set({ state: 'submitted', comment: null, reviewer: null, reviewed_at: null })
    .where('id', '=', id)
    .execute()
  await startRound(transaction, jobs, { id, accountId: account_id, round })
  await record(transaction, caller, {
    accountId: account_id,
    action: 'submission.scanned_again',
    ...aboutSubmission(submission, { round }),
  })
  return round
}
