import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { within, type Database } from '../db/database.ts'
import type { Try } from '../jobs/jobs.ts'

/** Where issues about submissions from outside are opened. */
export interface IssueTracker {
  /** `owner/name` */
  readonly repository: string
  readonly token: string
  /** GitHub's own by default. */
  readonly apiUrl?: string | undefined
}

const label = 'community-submission'
const issueSchema = z.object({ html_url: z.url(), body: z.string().nullable() })
/** Milliseconds until an answer counts as none. */
const patience = 20_000

/**
 * The job that opens an issue for a submission that somebody else than the publisher's own team sent in. Never twice: the
 * submission's number is in the issue, which is looked for first.
 */
export function createIssueOpener(database: Database, tracker: IssueTracker, consoleUrl: () => string) {
  const repository = tracker.repository.split('/').map(encodeURIComponent).join('/')
  const issues = `${tracker.apiUrl ?? 'https://api.github.com'}/repos/${repository}/issues`

  async function ask(url: string, body?: unknown): Promise<unknown> {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${tracker.token}`,
        'content-type': 'application/json',
        'user-agent': 'skillet-registry',
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    })
    if (!response.ok)
      throw new SkilletError('REGISTRY_REFUSED', `GitHub answered ${response.status} to an issue.`)
    return response.json()
  }

  /** Of a try that ended before it could say so. */
  async function find(mark: string, since: Date): Promise<string | null> {
    const query = `?state=all&labels=${label}&per_page=100&since=${since.toISOString()}`
    const known = z.array(issueSchema).parse(await ask(issues + query))
    return known.find(({ body }) => body?.includes(mark) === true)?.html_url ?? null
  }

  return async (tries: readonly Try<'issue'>[]): Promise<void> => {
    for (const { data } of tries)
      await within(database, { across: 'review' }, async (transaction) => {
        // Locked, so that two workers don't open it side by side.
        const submission = await transaction
          .selectFrom('submissions')
          .innerJoin('accounts', 'accounts.id', 'submissions.account_id')
          .select([
            'submissions.id',
            'slug',
            'version',
            'submitted_by',
            'issue_url',
            'submissions.created_at',
            'name',
          ])
          .where('submissions.id', '=', data.submission)
          .forUpdate('submissions')
          .executeTakeFirst()
        if (submission === undefined || submission.issue_url !== null) return
        const { id, slug, version, submitted_by, created_at, name } = submission
        const mark = `Submission ${id}`
        const opened =
          (await find(mark, created_at)) ??
          issueSchema.parse(
            await ask(issues, {
              title: `Review ${slug ?? 'a submission'} ${version ?? ''}`.trim(),
              body: `${submitted_by} submitted this for ${name}.\n\n${consoleUrl()}/console/#/submissions/${id}\n\n${mark}`,
              labels: [label],
            }),
          ).html_url
        await transaction.updateTable('submissions').set({ issue_url: opened }).where('id', '=', id).execute()
      })
  }
}
