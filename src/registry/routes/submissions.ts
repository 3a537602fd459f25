import { Hono, type Context } from 'hono'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { callerOf, requireScope } from '../auth/access.ts'
import { within, type Database, type Reach } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { parseInput } from '../http-errors.ts'
import { parseBody, readBytes } from '../request-body.ts'
import { approveSubmission, rejectSubmission } from '../publish/decide.ts'
import { submitSkill } from '../publish/submit.ts'
import type { Dependencies } from './dependencies.ts'

/** Bytes of one uploaded tarball. */
export const maxTarballBytes = 32 * 1024 * 1024

const approval = z.strictObject({ comment: z.string().max(2000).default('') })
const rejection = z.strictObject({
  comment: z.string().trim().min(1, 'say why, for the publisher').max(2000),
})

/** Publishing: a publisher submits and follows, a reviewer decides. */
export function submissionRoutes({ database, objects, signingKey, publication }: Dependencies): Hono {
  const app = new Hono()
  app.post('/api/submissions', async (context) => {
    const caller = await requireScope(context, database, 'write:publish')
    const tarball = await readBytes(context, maxTarballBytes, 'A skill may be 32 MB at most.')
    if (tarball.byteLength === 0)
      throw new SkilletError('INPUT_INVALID', 'The request holds no tarball.', {
        remedy: 'Send the .tgz as the body.',
      })
    return context.json(await submitSkill(database, objects, caller, tarball), 201)
  })

  app.get('/api/submissions', async (context) => {
    const rows = await within(database, await reachOf(context, database), (transaction) =>
      transaction.selectFrom('submissions').selectAll().orderBy('created_at', 'desc').limit(500).execute(),
    )
    return context.json({ submissions: rows.map(toSubmission) })
  })

  app.get('/api/submissions/:id', async (context) => {
    const id = parseInput(z.uuid(), context.req.param('id'))
    const row = await within(database, await reachOf(context, database), (transaction) =>
      transaction.selectFrom('submissions').selectAll().where('id', '=', id).executeTakeFirst(),
    )
    if (row === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
    return context.json(toSubmission(row))
  })

  app.post('/api/submissions/:id/approve', async (context) => {
    const reviewer = await requireScope(context, database, 'review:write')
    const id = parseInput(z.uuid(), context.req.param('id'))
    const { comment } = await parseBody(context, approval)
    const published = await approveSubmission(database, objects, signingKey, reviewer, id, comment)
    // Published is what the signed lists name: where this fails, the next change or start makes up for it.
    await publication.publish()
    return context.json({ id, state: 'published', ...published })
  })

  app.post('/api/submissions/:id/reject', async (context) => {
    const reviewer = await requireScope(context, database, 'review:write')
    const id = parseInput(z.uuid(), context.req.param('id'))
    const { comment } = await parseBody(context, rejection)
    await rejectSubmission(database, reviewer, id, comment)
    return context.json({ id, state: 'rejected' })
  })

  return app
}

/** Reviewers see every account's submissions, publishers their own. */
async function reachOf(context: Context, database: Database): Promise<Reach> {
  const caller = await callerOf(context, database)
  if (caller?.scopes.includes('review:write') === true || caller?.scopes.includes('admin') === true)
    return { across: 'review' }
  return { tenant: (await requireScope(context, database, 'write:publish')).accountId }
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
