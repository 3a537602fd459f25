import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { notify, type EventName } from '../notify.ts'

/** Tells a publisher what became of a submission; `words` say it of the skill's name and version: the console knows the sentence as a whole. */
export async function tellPublisher(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  submission: { id: string; account_id: string; slug: string | null; version: string | null },
  event: EventName,
  words: (name: string) => string,
): Promise<void> {
  const { id, account_id: accountId, slug, version } = submission
  const name = slug === null ? 'Your submission' : `${slug} ${version ?? ''}`.trim()
  await notify(transaction, jobs, {
    accountId,
    event,
    words: words(name),
    link: `#/submissions/${id}`,
    about: { submission: id, slug, version },
  })
}
