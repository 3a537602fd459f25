import { sql } from 'kysely'
import { html } from 'hono/html'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { trustWarnings } from '../tuf/warnings.ts'
import type { Dependencies } from './dependencies.ts'
import { matches } from './send-file.ts'

const time = z.iso.datetime()
const incidentAnswer = z.object({
  id: z.uuid(),
  slug: z.string(),
  version: z.string(),
  severity: z.string(),
  title: z.string(),
  words: z.string(),
  startedAt: time,
  resolvedAt: time.nullable(),
})
type Incident = z.infer<typeof incidentAnswer>
/** Days that the status page looks back. */
const recentDays = 30

/** How things stand, for programs and for people, and what happened to skills, for everybody. */
export function addStatus(add: AddEndpoint, { database, repository }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/status',
      tag: 'About',
      summary:
        'Whether the registry works, what runs out soon, and what happened lately; a page for browsers.',
      access: 'public',
      answer: z.object({
        status: z.enum(['ok', 'attention']),
        service: z.string(),
        warnings: z.array(z.string()),
        incidents: z.array(incidentAnswer),
      }),
    },
    async ({ context }) => {
      await sql`select 1`.execute(database)
      const warnings = await trustWarnings(repository)
      const incidents = await readIncidents(database, new Date(Date.now() - recentDays * 86_400_000))
      const open = incidents.some(({ resolvedAt }) => resolvedAt === null)
      const status = open ? ('attention' as const) : ('ok' as const)
      if (!wantsPage(context.req.header('accept')))
        return { status, service: 'skillet-registry', warnings, incidents }
      return context.html(
        page(
          'Status',
          html`<p>${open ? 'Some skills are on hold while they are looked into.' : 'Everything works.'}</p>
            ${entries(incidents, `Nothing happened in the last ${recentDays} days.`)}
            <p><a href="/changelog">Everything that ever happened</a></p>`,
        ),
      )
    },
  )

  add(
    {
      method: 'get',
      path: '/changelog',
      tag: 'About',
      summary: 'Every withdrawal and every hold there ever was; a page for browsers.',
      access: 'public',
      answer: z.object({ incidents: z.array(incidentAnswer) }),
    },
    async ({ context }) => {
      const incidents = await readIncidents(database, new Date(0))
      const newest = incidents[0]
      const etag = `"${incidents.length}-${newest?.id ?? ''}-${incidents.filter((one) => one.resolvedAt === null).length}"`
      context.header('etag', etag)
      context.header('vary', 'accept')
      if (matches(context, etag)) return context.body(null, 304)
      if (!wantsPage(context.req.header('accept'))) return { incidents }
      return context.html(
        page('What happened to skills', entries(incidents, 'No skill was ever withdrawn or put on hold.')),
      )
    },
  )
}

/** The newest first. */
async function readIncidents(database: Database, since: Date): Promise<Incident[]> {
  const rows = await database
    .selectFrom('incidents')
    .selectAll()
    .where((where) => where.or([where('started_at', '>=', since), where('resolved_at', 'is', null)]))
    .orderBy('started_at', 'desc')
    .limit(1000)
    .execute()
  return rows.map(({ started_at, resolved_at, ...row }) => ({
    ...row,
    startedAt: started_at.toISOString(),
    resolvedAt: resolved_at?.toISOString() ?? null,
  }))
}

/** Browsers ask for pages; programs don't, or ask for JSON. */
function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true
}

function entries(incidents: readonly Incident[], none: string) {
  if (incidents.length === 0) return html`<p>${none}</p>`
  return html`<ul>
    ${incidents.map(
      (one) =>
        html`<li>
          <h2>${one.title}</h2>
          <p>${one.words}</p>
          <p>
            <time datetime="${one.startedAt}">${one.startedAt.slice(0, 16).replace('T', ' ')} UTC</time>
            · ${one.severity}${one.resolvedAt === null ? ' · still being looked into' : ''}
          </p>
        </li>`,
    )}
  </ul>`
}

/** A page that needs neither script nor style. */
function page(title: string, content: unknown) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Skillet registry</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`
}
