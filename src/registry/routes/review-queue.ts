import { z } from 'zod'
import { within } from '../db/database.ts'
import { reviewers } from '../auth/who-may.ts'
import { time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const states = ['submitted', 'in_review', 'approved', 'published', 'rejected', 'failed'] as const
/** Submissions on one page of the queue. */
const page = 100
/** Counted: there are never many. Counting all that were ever published would take longer with each. */
const unfinished = ['submitted', 'in_review', 'approved', 'failed'] as const
const queued = z.object({
  id: z.uuid(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  publisher: z.string(),
  state: z.string(),
  verdict: z.string().nullable(),
  community: z.boolean(),
  reviewsNeeded: z.number(),
  approvals: z.number(),
  findings: z.number(),
  appealed: z.boolean(),
  createdAt: time,
})

/** What waits for reviewers. */
export function addReviewQueue(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/review/queue',
      tag: 'Review',
      summary:
        'Submissions in a state, the one that waits longest first, and how many there are in each that waits for somebody.',
      access: reviewers,
      query: z.object({
        state: z.enum(states).default('in_review'),
        slug: z.string().max(64).optional(),
        community: z.enum(['true', 'false']).optional(),
        appealed: z.enum(['true']).optional(),
        /** The last one of the page before. */
        after: z.uuid().optional(),
      }),
      answer: z.object({
        counts: z.record(z.string(), z.number()),
        appeals: z.number(),
        submissions: z.array(queued),
      }),
    },
    async ({ query }) =>
      within(database, { across: 'review' }, async (transaction) => {
        const counted = await transaction
          .selectFrom('submissions')
          .select(['state', ({ fn }) => fn.countAll<string>().as('number')])
          .where('state', 'in', unfinished)
          .groupBy('state')
          .execute()
        const { appeals } = await transaction
          .selectFrom('appeals')
          .select(({ fn }) => fn.countAll<string>().as('appeals'))
          .where('answered_at', 'is', null)
          .executeTakeFirstOrThrow()
        const rows = await transaction
          .selectFrom('submissions as s')
          .innerJoin('accounts', 'accounts.id', 's.account_id')
          .select([
            's.id',
            's.slug',
            's.version',
            'accounts.name as publisher',
            's.state',
            's.verdict',
            's.community',
            's.reviews_needed',
            's.findings',
            's.created_at',
          ])
          .select(({ selectFrom, exists }) => [
            selectFrom('submission_decisions as d')
              .whereRef('d.submission_id', '=', 's.id')
              .where('d.decision', '=', 'approve')
              .whereRef('d.round', '=', ({ selectFrom: from }) =>
                from('submission_steps as t')
                  .whereRef('t.submission_id', '=', 's.id')
                  .select(({ fn }) => fn.max('t.round').as('round')),
              )
              .select(({ fn }) => fn.countAll<string>().as('number'))
              .as('approvals'),
            exists(
              selectFrom('appeals as a')
                .whereRef('a.submission_id', '=', 's.id')
                .where('a.answered_at', 'is', null)
                .select('a.id'),
            ).as('appealed'),
          ])
          .$if(query.appealed === undefined, (select) => select.where('s.state', '=', query.state))
          .$if(query.appealed !== undefined, (select) =>
            select.where(({ exists, selectFrom }) =>
              exists(
                selectFrom('appeals as a')
                  .whereRef('a.submission_id', '=', 's.id')
                  .where('a.answered_at', 'is', null)
                  .select('a.id'),
              ),
            ),
          )
          .$if(query.slug !== undefined, (select) => select.where('s.slug', '=', query.slug!))
          .$if(query.community !== undefined, (select) =>
            select.where('s.community', '=', query.community === 'true'),
          )
          .$if(query.after !== undefined, (select) =>
            select.where(({ eb, refTuple, selectFrom }) =>
              eb(
                refTuple('s.created_at', 's.id'),
                '>',
                selectFrom('submissions as last')
                  .where('last.id', '=', query.after!)
                  .select(['last.created_at', 'last.id'])
                  .$asTuple('created_at', 'id'),
              ),
            ),
          )
          .orderBy('s.created_at')
          .orderBy('s.id')
          .limit(page)
          .execute()
        return {
          counts: Object.fromEntries(counted.map(({ state, number }) => [state, Number(number)])),
          appeals: Number(appeals),
          submissions: rows.map(({ reviews_needed, created_at, findings, approvals, appealed, ...row }) => ({
            ...row,
            reviewsNeeded: reviews_needed,
            approvals: Number(approvals ?? 0),
            findings: findings.length,
            appealed: Boolean(appealed),
            createdAt: created_at.toISOString(),
          })),
        }
      }),
  )
}
