import type { Selectable } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { fingerprint } from '../../review/fingerprint.ts'
import { findingSchema, type Finding } from '../../shared/finding.ts'
import { holds, type Caller } from '../auth/caller.ts'
import { within } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { readBytes } from '../http/request-body.ts'
import { approveSubmission, rejectSubmission } from '../publish/decide.ts'
import { reachOf } from '../publish/rounds.ts'
import { submitSkill } from '../publish/submit.ts'
import { readSubmission } from '../publish/read-submission.ts'
import type { Dependencies } from './dependencies.ts'

/** Bytes of one uploaded tarball. */
export const maxTarballBytes = 32 * 1024 * 1024

const approval = z.strictObject({ comment: z.string().max(2000).default('') })
const rejection = z.strictObject({
  comment: z.string().trim().min(1, 'say why, for the publisher').max(2000),
})

/** The fingerprint is what a suppression names. */
const foundSchema = findingSchema.extend({ fingerprint: z.string() })
const withFingerprint = (finding: Finding) => ({ ...finding, fingerprint: fingerprint(finding) })

const submissionAnswer = z.object({
  id: z.uuid(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  state: z.string(),
  verdict: z.string().nullable(),
  findings: z.array(foundSchema),
  tarball: z.object({ sha256: z.string(), size: z.number() }),
  createdAt: z.iso.datetime(),
  reviewedAt: z.iso.datetime().nullable(),
  reviewer: z.string().nullable(),
  comment: z.string().nullable(),
  community: z.boolean(),
  reviewsNeeded: z.number(),
  submittedBy: z.string(),
  issueUrl: z.string().nullable(),
})
const stepAnswer = z.object({
  step: z.string(),
  round: z.number(),
  state: z.enum(['waiting', 'running', 'passed', 'failed', 'broken']),
  note: z.string().nullable(),
  findings: z.array(foundSchema),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
})
const wholeAnswer = submissionAnswer.extend({
  publisher: z.string(),
  steps: z.array(stepAnswer),
  decisions: z.array(
    z.object({
      round: z.number(),
      reviewer: z.string(),
      decision: z.enum(['approve', 'reject']),
      comment: z.string(),
      decidedAt: z.iso.datetime(),
    }),
  ),
  appeals: z.array(
    z.object({
      words: z.string(),
      createdAt: z.iso.datetime(),
      answer: z.string().nullable(),
      answeredBy: z.string().nullable(),
      answeredAt: z.iso.datetime().nullable(),
    }),
  ),
  /** Findings of this skill that were set aside: the finding with the same fingerprint doesn't count. */
  suppressions: z.array(
    z.object({
      id: z.uuid(),
      fingerprint: z.string(),
      rule: z.string(),
      reason: z.string(),
      reviewer: z.string(),
      createdAt: z.iso.datetime(),
      liftedAt: z.iso.datetime().nullable(),
    }),
  ),
})
/** Seconds that an approval waits for the signed lists before it says that they are on their way. */
const signingSeconds = 30
const idParam = z.object({ id: z.uuid() })

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
      access: { scope: 'write:publish', dashboard: true },
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
      access: { scope: ['write:publish', 'review:write'], dashboard: true },
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
      access: { scope: ['write:publish', 'review:write'], dashboard: true },
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
      access: { scope: 'review:write', dashboard: true },
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
      access: { scope: 'review:write', dashboard: true },
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

function toSubmission(row: Selectable<Tables['submissions']>) {
  return {
    id: row.id,
    slug: row.slug,
    version: row.version,
    state: row.state,
    verdict: row.verdict,
    findings: row.findings.map(withFingerprint),
    tarball: { sha256: row.tarball_sha256, size: Number(row.tarball_size) },
    createdAt: row.created_at.toISOString(),
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    reviewer: row.reviewer,
    comment: row.comment,
    community: row.community,
    reviewsNeeded: row.reviews_needed,
    submittedBy: row.submitted_by,
    issueUrl: row.issue_url,
  }
}

const order = ['lint', 'archive', 'code', 'sign', 'publish']

/** In the order of the pipeline, the latest round last. */
function toSteps(
  rows: readonly Pick<
    Selectable<Tables['submission_steps']>,
    'step' | 'round' | 'state' | 'note' | 'findings' | 'started_at' | 'finished_at'
  >[],
) {
  return rows
    .toSorted((a, b) => a.round - b.round || order.indexOf(a.step) - order.indexOf(b.step))
    .map(({ started_at, finished_at, findings, ...row }) => ({
      ...row,
      findings: findings.map(withFingerprint),
      startedAt: started_at?.toISOString() ?? null,
      finishedAt: finished_at?.toISOString() ?? null,
    }))
}
