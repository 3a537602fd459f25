import { SkilletError } from '../../shared/errors.ts'
import { ofTenant, within, type Database, type Reach } from '../db/database.ts'

/** A submission with all that was found, decided, objected and set aside. Throws NOT_FOUND. */
export async function readSubmission(database: Database, reach: Reach, id: string) {
  return within(database, reach, async (transaction) => {
    const submission = await transaction
      .selectFrom('submissions')
      .selectAll()
      .where('id', '=', id)
      .where(ofTenant(reach))
      .executeTakeFirst()
    if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
    const { account_id, slug } = submission
    const { name: publisher } = await transaction
      .selectFrom('accounts')
      .select('name')
      .where('id', '=', account_id)
      .executeTakeFirstOrThrow()
    const steps = await transaction
      .selectFrom('submission_steps')
      .select(['step', 'round', 'state', 'note', 'findings', 'started_at', 'finished_at'])
      .where('submission_id', '=', id)
      .execute()
    const decisions = await transaction
      .selectFrom('submission_decisions')
      .select(['round', 'reviewer', 'decision', 'comment', 'decided_at'])
      .where('submission_id', '=', id)
      .orderBy('decided_at')
      .execute()
    const appeals = await transaction
      .selectFrom('appeals')
      .select(['words', 'created_at', 'answer', 'answered_by', 'answered_at'])
      .where('submission_id', '=', id)
      .orderBy('created_at')
      .execute()
    const suppressions =
      slug === null
        ? []
        : await transaction
            .selectFrom('suppressions')
            .select(['id', 'fingerprint', 'rule', 'reason', 'reviewer', 'created_at', 'lifted_at'])
            .where('account_id', '=', account_id)
            .where('slug', '=', slug)
            .orderBy('created_at')
            .execute()
    return {
      submission,
      publisher,
      steps,
      decisions: decisions.map(({ decided_at, ...row }) => ({ ...row, decidedAt: decided_at.toISOString() })),
      appeals: appeals.map(({ created_at, answered_by, answered_at, ...row }) => ({
        ...row,
        createdAt: created_at.toISOString(),
        answeredBy: answered_by,
        answeredAt: answered_at?.toISOString() ?? null,
      })),
      suppressions: suppressions.map(({ created_at, lifted_at, ...row }) => ({
        ...row,
        createdAt: created_at.toISOString(),
        liftedAt: lifted_at?.toISOString() ?? null,
      })),
    }
  })
}
