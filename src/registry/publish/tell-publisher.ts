import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify, type EventName } from '../notify.ts'

/** Tells a publisher what became of a submission; `words` go on from the skill's name and version. */
export async function tellPublisher(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  submission: { id: string; account_id: string; slug: string | null; version: string | null },
  event: EventName,
  words: string,
): Promise<void> {
  const { id, account_id: accountId, slug, version } = submission
  const name = slug === null ? 'Your submission' : `${slug} ${version ?? ''}`.trim()
  await notify(transaction, jobs, {
    accountId,
    event,
    words: `${name} ${words}`,
    link: `#/submissions/${id}`,
    about: { submission: id, slug, version },
  })
}
