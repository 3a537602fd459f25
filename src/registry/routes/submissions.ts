import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { holds, type Caller } from '../auth/caller.ts'
import { within } from '../db/database.ts'
import { publishers, publishersOrReviewers, reviewers } from '../auth/who-may.ts'
import { idParam } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { readBytes } from '../http/request-body.ts'
import { approveSubmission, rejectSubmission } from '../publish/decide.ts'
import { reachOf } from '../publish/rounds.ts'
import { submitSkill } from '../publish/submit.ts'
import { readSubmission } from '../publish/read-submission.ts'
import type { Dependencies } from './dependencies.ts'
import { submissionAnswer, toSteps, toSubmission, wholeAnswer } from './submission-answer.ts'

/** Bytes of one uploaded tarball. */
export const maxTarballBytes = 32 * 1024 * 1024

const approval = z.strictObject({ comment: z.string().max(2000).default('') })
const rejection = z.strictObject({
  comment: z.string().trim().min(1, 'say why, for the publisher').max(2000),
})

/** Seconds that an approval waits for the signed lists before it says that they are on their way. */
const signingSeconds = 30

/** Publishing: a publisher submits and follows, a reviewer decides. */
export function addSubmissions(add: AddEndpoint, dependencies: Dependencies): void {
  const { database, jobs, progress } = dependencies
  const read = async (caller: Caller, id: string) => {
    const { submission, steps, ...rest } = await readSubmission(database, reachOf(caller), id)
    return { ...toSubmission(submission), steps: toSteps(steps), ...rest }
  }
  /** The submission once nothing of the registry's own is left to do, or after so many seconds. */
  const readSettled = async (caller: Caller, id: string, seconds: number) => {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      const submission = await read(caller, id)
      const moving = submission.state === 'submitted' || submission.state === 'approved'
      if (!moving || Date.now() >= deadline) return submission
      await progress.next(id)
    }
  }

  add(
    {
      method: 'post',
      path: '/api/submissions',
      tag: 'Publishing',
      summary: 'Submits a skill: its tarball, at most 32 MB.',
      access: publishers,
      limit: 'upload',
      accepts: 'application/gzip',
      status: 202,
      answer: z.object({ id: z.uuid(), state: z.string() }),
    },
    async ({ context, caller }) => {
      const tarball = await readBytes(context, maxTarballBytes, 'A skill may be 32 MB at most.')
      if (tarball.byteLength === 0)
        throw new SkilletError('INPUT_INVALID', 'The request holds no tarball.', {
          remedy: 'Send the .tgz as the body.',
        })
      return submitSkill(dependencies, caller, tarball)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/submissions',
      tag: 'Publishing',
      summary:
        "The account's submissions, the newest first; a reviewer's are everybody's unless asked for those `of` the account.",
      access: publishersOrReviewers,
      query: z.object({ of: z.enum(['account', 'all']).default('all') }),
      answer: z.object({ submissions: z.array(submissionAnswer) }),
    },
    async ({ caller, query: { of } }) => {
      const own = of === 'account' || !holds(caller, 'review:write')
      const rows = await within(
        database,
        own ? { tenant: caller.accountId } : reachOf(caller),
        (transaction) => {
          const all = transaction
            .selectFrom('submissions')
            .selectAll()
            .orderBy('created_at', 'desc')
            .limit(500)
          return (own ? all.where('account_id', '=', caller.accountId) : all).execute()
        },
      )
      return { submissions: rows.map(toSubmission) }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id',
      tag: 'Publishing',
      summary: 'One submission and how far it is; with `wait`, once it rests or after so many seconds.',
      access: publishersOrReviewers,
      params: idParam,
      query: z.object({ wait: z.coerce.number().int().min(0).max(30).default(0) }),
      answer: wholeAnswer,
    },
    async ({ caller, params: { id }, query: { wait } }) => readSettled(caller, id, wait),
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/approve',
      tag: 'Review',
      summary: 'Approves a submission. With the last approval that is needed it is signed and published.',
      access: reviewers,
      params: idParam,
      body: approval,
      answer: z.object({
        id: z.uuid(),
        state: z.string(),
        slug: z.string().nullable(),
        version: z.string().nullable(),
        /** How many more reviewers must approve. */
        missing: z.number(),
        comment: z.string().nullable(),
      }),
    },
    async ({ caller, params: { id }, body: { comment } }) => {
      const { missing } = await approveSubmission({ database, jobs }, caller, id, comment)
      const settled = await readSettled(caller, id, signingSeconds)
      return { ...settled, missing }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/reject',
      tag: 'Review',
      summary: 'Turns a submission down and tells its publisher why.',
      access: reviewers,
      params: idParam,
      body: rejection,
      answer: z.object({ id: z.uuid(), state: z.literal('rejected') }),
    },
    async ({ caller, params: { id }, body: { comment } }) => {
      await rejectSubmission({ database, jobs }, caller, id, comment)
      return { id, state: 'rejected' as const }
    },
  )
}
