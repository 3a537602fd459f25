import type { Selectable } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { findingSchema, lintReportSchema } from '../../shared/finding.ts'
import { holds, type Caller } from '../auth/caller.ts'
import { within, type Reach } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { readBytes } from '../http/request-body.ts'
import { approveSubmission, rejectSubmission } from '../publish/decide.ts'
import { submitSkill } from '../publish/submit.ts'
import type { Dependencies } from './dependencies.ts'

/** Bytes of one uploaded tarball. */
export const maxTarballBytes = 32 * 1024 * 1024

const approval = z.strictObject({ comment: z.string().max(2000).default('') })
const rejection = z.strictObject({
  comment: z.string().trim().min(1, 'say why, for the publisher').max(2000),
})

const submissionAnswer = z.object({
  id: z.uuid(),
  slug: z.string().nullable(),
  version: z.string().nullable(),
  state: z.string(),
  verdict: z.string().nullable(),
  findings: z.array(findingSchema),
  tarball: z.object({ sha256: z.string(), size: z.number() }),
  createdAt: z.iso.datetime(),
  reviewedAt: z.iso.datetime().nullable(),
  reviewer: z.string().nullable(),
  comment: z.string().nullable(),
})
const idParam = z.object({ id: z.uuid() })

/** Publishing: a publisher submits and follows, a reviewer decides. */
export function addSubmissions(
  add: AddEndpoint,
  { database, objects, signingKey, publication }: Dependencies,
): void {
  add(
    {
      method: 'post',
      path: '/api/submissions',
      tag: 'Publishing',
      summary: 'Submits a skill: its tarball, at most 32 MB.',
      access: { scope: 'write:publish', dashboard: true },
      accepts: 'application/gzip',
      status: 201,
      answer: z.object({ id: z.uuid(), state: z.string(), report: lintReportSchema }),
    },
    async ({ context, caller }) => {
      const tarball = await readBytes(context, maxTarballBytes, 'A skill may be 32 MB at most.')
      if (tarball.byteLength === 0)
        throw new SkilletError('INPUT_INVALID', 'The request holds no tarball.', {
          remedy: 'Send the .tgz as the body.',
        })
      return submitSkill(database, objects, caller, tarball)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/submissions',
      tag: 'Publishing',
      summary: "The account's submissions, the newest first; a reviewer's are everybody's.",
      access: { scope: ['write:publish', 'review:write'], dashboard: true },
      answer: z.object({ submissions: z.array(submissionAnswer) }),
    },
    async ({ caller }) => {
      const rows = await within(database, reachOf(caller), (transaction) =>
        transaction.selectFrom('submissions').selectAll().orderBy('created_at', 'desc').limit(500).execute(),
      )
      return { submissions: rows.map(toSubmission) }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/submissions/:id',
      tag: 'Publishing',
      summary: 'One submission.',
      access: { scope: ['write:publish', 'review:write'], dashboard: true },
      params: idParam,
      answer: submissionAnswer,
    },
    async ({ caller, params: { id } }) => {
      const row = await within(database, reachOf(caller), (transaction) =>
        transaction.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirst(),
      )
      if (row === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
      return toSubmission(row)
    },
  )

  add(
    {
      method: 'post',
      path: '/api/submissions/:id/approve',
      tag: 'Review',
      summary: 'Approves a submission, which signs and publishes it.',
      access: { scope: 'review:write', dashboard: true },
      params: idParam,
      body: approval,
      answer: z.object({
        id: z.uuid(),
        state: z.literal('published'),
        slug: z.string(),
        version: z.string(),
      }),
    },
    async ({ caller, params: { id }, body: { comment } }) => {
      const published = await approveSubmission(database, objects, signingKey, caller, id, comment)
      // Published is what the signed lists name: where this fails, the next change or start makes up for it.
      await publication.publish()
      return { id, state: 'published' as const, ...published }
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
      await rejectSubmission(database, caller, id, comment)
      return { id, state: 'rejected' as const }
    },
  )
}

/** Reviewers see every account's submissions, publishers their own. */
function reachOf(caller: Caller): Reach {
  return holds(caller, 'review:write') ? { across: 'review' } : { tenant: caller.accountId }
}

function toSubmission(row: Selectable<Tables['submissions']>) {
  return {
    id: row.id,
    slug: row.slug,
    version: row.version,
    state: row.state,
    verdict: row.verdict,
    findings: row.findings,
    tarball: { sha256: row.tarball_sha256, size: Number(row.tarball_size) },
    createdAt: row.created_at.toISOString(),
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    reviewer: row.reviewer,
    comment: row.comment,
  }
}
