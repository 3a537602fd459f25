import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { reportedSchema, reportKinds, skillReportSchema } from '../../shared/skill-report.ts'
import { callerOf } from '../auth/access.ts'
import { within } from '../db/database.ts'
import { reviewers } from '../auth/who-may.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { hold, release } from '../reports/holds.ts'
import { decideReport, takeReport } from '../reports/reports.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Reports'
const severity = z.enum(['low', 'medium', 'high', 'critical'])
const note = z.string().trim().min(1, 'say why').max(500)

/** Reports about skills, by anybody; what comes of them; and holding a skill back until somebody has looked. */
export function addReports(add: AddEndpoint, ports: Dependencies): void {
  const { database, jobs, publication } = ports

  add(
    {
      method: 'post',
      path: '/api/reports',
      tag,
      summary: 'Reports a problem with a skill. Anybody may; how to be reached is up to whoever reports.',
      access: 'public',
      limit: 'report',
      body: skillReportSchema,
      status: 201,
      answer: reportedSchema,
    },
    async ({ context, body }) => {
      const { id, held } = await takeReport(ports, await callerOf(context, ports), body)
      if (held) await publication.publish()
      return { id }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/reports',
      tag,
      summary: 'Reports: those that wait for somebody, the gravest first, or those that were handled.',
      access: reviewers,
      query: z.object({ state: z.enum(['open', 'confirmed', 'dismissed']).default('open') }),
      answer: z.object({
        reports: z.array(
          z.object({
            id: z.uuid(),
            slug: z.string(),
            version: z.string(),
            publisher: z.string(),
            held: z.boolean(),
            kind: z.enum(reportKinds),
            severity,
            words: z.string(),
            contact: z.string().nullable(),
            state: z.string(),
            note: z.string().nullable(),
            handledBy: z.string().nullable(),
            createdAt: time,
            handledAt: time.nullable(),
          }),
        ),
      }),
    },
    async ({ query }) => {
      const rows = await within(database, { across: 'reports' }, (transaction) =>
        transaction
          .selectFrom('reports')
          .innerJoin('accounts', 'accounts.id', 'reports.account_id')
          .innerJoin('skills', 'skills.slug', 'reports.slug')
          .selectAll('reports')
          .select(['accounts.name as publisher', 'skills.held_since'])
          .where('state', '=', query.state)
          .orderBy('reports.created_at')
          .limit(500)
          .execute(),
      )
      const gravity = severity.options
      const byGravity = rows.toSorted((a, b) => gravity.indexOf(b.severity) - gravity.indexOf(a.severity))
      return {
        reports: byGravity.map((row) => ({
          id: row.id,
          slug: row.slug,
          version: row.version,
          publisher: row.publisher,
          held: row.held_since !== null,
          kind: row.kind,
          severity: row.severity,
          words: row.words,
          contact: row.contact,
          state: row.state,
          note: row.note,
          handledBy: row.handled_by,
          createdAt: row.created_at.toISOString(),
          handledAt: row.handled_at?.toISOString() ?? null,
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/reports/:id/decide',
      tag,
      summary: 'Says what came of a report. A critical one that is confirmed puts the skill on hold at once.',
      access: reviewers,
      params: idParam,
      body: z.strictObject({
        decision: z.enum(['confirm', 'dismiss']),
        severity: severity.optional(),
        note,
      }),
      answer: z.object({ slug: z.string() }),
    },
    async ({ caller, params: { id }, body }) => {
      const { slug, changed } = await decideReport(ports, caller, id, { severity: undefined, ...body })
      if (changed) await publication.publish()
      return { slug }
    },
  )

  add(
    {
      method: 'put',
      path: '/api/skills/:slug/hold',
      tag,
      summary: 'Stops offering a skill until somebody has looked, and warns everybody who has it.',
      access: reviewers,
      params: z.object({ slug: slugSchema }),
      body: z.strictObject({ words: note }),
      status: 204,
    },
    async ({ context, caller, params: { slug }, body: { words } }) => {
      await within(database, { across: 'reports' }, async (transaction) => {
        if (!(await hold(transaction, jobs, caller, slug, words)))
          throw notThere(`${slug} is on hold already, or unknown.`)
      })
      await publication.publish()
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/skills/:slug/hold',
      tag,
      summary: 'Offers a skill again.',
      access: reviewers,
      params: z.object({ slug: slugSchema }),
      query: z.object({ words: note }),
      status: 204,
    },
    async ({ context, caller, params: { slug }, query: { words } }) => {
      await within(database, { across: 'reports' }, async (transaction) => {
        if (!(await release(transaction, jobs, caller, slug, words)))
          throw notThere(`${slug} is not on hold.`)
      })
      await publication.publish()
      return context.body(null, 204)
    },
  )
}

function notThere(message: string): SkilletError {
  return new SkilletError('NOT_FOUND', message, { remedy: 'See the list of reports.' })
}
