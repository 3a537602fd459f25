import { z } from 'zod'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { capabilities } from '../../shared/capability.ts'
import { createComparison } from '../publish/compare.ts'
import { answerAppeal, appeal, reachOf, scanAgain } from '../publish/rounds.ts'
import { liftSuppression, suppress } from '../publish/suppressions.ts'
import { requestTrial } from '../publish/trial.ts'
import type { Dependencies } from './dependencies.ts'

const idParam = z.object({ id: z.uuid() })
const words = z.string().trim().min(1, 'say why').max(2000)
const review = { scope: 'review:write', dashboard: true } as const
const either = { scope: ['write:publish', 'review:write'], dashboard: true } as const

const states = ['submitted', 'in_review', 'approved', 'published', 'rejected', 'failed'] as const
/** Submissions on one page of the queue. */
const page = 100
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
  createdAt: z.iso.datetime(),
})

/** Keys are somebody's own, and no skill that nobody has read gets any. */
const grantable = z.enum(capabilities).exclude(['env:read'])
const trialName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'must be a file name without a folder')
const trialBody = z.strictObject({
  inputs: z.record(z.string(), z.union([z.string().max(20_000), z.number(), z.boolean()])).default({}),
  files: z.record(trialName, z.string().max(60_000)).default({}),
  grants: z.array(grantable).max(capabilities.length).default([]),
})
const trialAnswer = z.object({
  id: z.uuid(),
  reviewer: z.string(),
  request: z.unknown(),
  state: z.enum(['waiting', 'running', 'finished', 'failed']),
  /** `run`: the receipt and how it ended; `stdout`, `stderr`; or `refusal`, why there was no run. */
  result: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
})

const side = z
  .object({
    size: z.number(),
    sha256: z.string(),
    executable: z.boolean(),
    text: z.string().nullable(),
    cut: z.boolean(),
  })
  .nullable()

/** What reviewers look at and what publishers may ask of them. */
export function addReview(add: AddEndpoint, dependencies: Dependencies): void {
  const { database, jobs } = dependencies
  const comparison = createComparison(dependencies)

  add(
    {
      method: 'get',
      path: '/api/review/queue',
      tag: 'Review',
      summary: 'Submissions in a state, the one that waits longest first, and how many there are of each.',
      access: review,
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

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/files',
      tag: 'Review',
      summary: 'The files of a submission, and what changed in them since the version published before it.',
      access: either,
      params: idParam,
      answer: z.object({
        previous: z.string().nullable(),
        files: z.array(
          z.object({
            path: z.string(),
            change: z.enum(['added', 'changed', 'same', 'removed']),
            size: z.number().nullable(),
            previousSize: z.number().nullable(),
            executable: z.boolean(),
          }),
        ),
      }),
    },
    ({ caller, params: { id } }) => comparison.files(reachOf(caller), id),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/file',
      tag: 'Review',
      summary: 'One file as it is and as it was; at most 256 KB of each, and no text of what is none.',
      access: either,
      params: idParam,
      query: z.object({ path: z.string().min(1).max(1000) }),
      answer: z.object({ path: z.string(), previous: z.string().nullable(), now: side, before: side }),
    },
    ({ caller, params: { id }, query: { path } }) => comparison.file(reachOf(caller), id, path),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/changes',
      tag: 'Review',
      summary: 'What the skill may do more, less or otherwise than the version published before it.',
      access: either,
      params: idParam,
      answer: z.object({
        previous: z.string().nullable(),
        changes: z.array(
          z.object({
            about: z.enum(['capability', 'host', 'program', 'folder', 'key', 'limit', 'other']),
            name: z.string(),
            before: z.string().nullable(),
            after: z.string().nullable(),
          }),
        ),
      }),
    },
    ({ caller, params: { id } }) => comparison.changes(reachOf(caller), id),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/rescan',
      tag: 'Publishing',
      summary: "Looks at a submission anew, with today's rules and without what was set aside.",
      access: either,
      limit: 'submit',
      params: idParam,
      status: 202,
      answer: z.object({ id: z.uuid(), round: z.number() }),
    },
    async ({ caller, params: { id } }) => ({ id, ...(await scanAgain({ database, jobs }, caller, id)) }),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/appeal',
      tag: 'Publishing',
      summary: 'Objects to a refusal; a reviewer answers.',
      access: { scope: 'write:publish', dashboard: true },
      limit: 'submit',
      params: idParam,
      body: z.strictObject({ words }),
      status: 201,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => appeal({ database }, caller, id, body.words),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/appeal/answer',
      tag: 'Review',
      summary: 'Answers the open appeal; where it is granted, the submission is looked at anew.',
      access: review,
      params: idParam,
      body: z.strictObject({ answer: words, granted: z.boolean() }),
      answer: z.object({ id: z.uuid() }),
    },
    async ({ caller, params: { id }, body }) => {
      await answerAppeal({ database, jobs }, caller, id, body)
      return { id }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/suppressions',
      tag: 'Review',
      summary: 'Sets a finding aside, for this skill and from the next scan; everybody sees it, and why.',
      access: review,
      params: idParam,
      body: z.strictObject({ fingerprint: z.string().regex(/^[0-9a-f]{64}$/), reason: words }),
      status: 201,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => suppress({ database, jobs }, caller, id, body),
  )

  add(
    {
      method: 'delete',
      path: '/api/suppressions/:id',
      tag: 'Review',
      summary: 'Has a finding count again, from the next scan.',
      access: review,
      params: idParam,
      status: 204,
    },
    async ({ caller, params: { id } }) => {
      await liftSuppression(database, caller, id)
      return new Response(null, { status: 204 })
    },
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/trial',
      tag: 'Review',
      summary: 'Runs a submission in the sandbox with what is granted, on texts that come with the request.',
      access: review,
      limit: 'submit',
      params: idParam,
      body: trialBody,
      status: 202,
      answer: z.object({ id: z.uuid() }),
    },
    ({ caller, params: { id }, body }) => requestTrial({ database, jobs }, caller, id, body),
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id/trials',
      tag: 'Review',
      summary: 'Test runs of a submission with their receipts, the newest first.',
      access: review,
      params: idParam,
      answer: z.object({ trials: z.array(trialAnswer) }),
    },
    async ({ params: { id } }) => {
      const rows = await within(database, { across: 'review' }, (transaction) =>
        transaction
          .selectFrom('trial_runs')
          .select(['id', 'reviewer', 'inputs as request', 'state', 'result', 'created_at', 'finished_at'])
          .where('submission_id', '=', id)
          .orderBy('created_at', 'desc')
          .limit(50)
          .execute(),
      )
      return {
        trials: rows.map(({ created_at, finished_at, ...row }) => ({
          ...row,
          createdAt: created_at.toISOString(),
          finishedAt: finished_at?.toISOString() ?? null,
        })),
      }
    },
  )
}
