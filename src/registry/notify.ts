import { sql, type Transaction } from 'kysely'
import { acting } from './db/database.ts'
import type { Tables } from './db/tables.ts'
import type { Jobs } from './jobs/jobs.ts'

/** What accounts are told, in the console and by their webhooks. */
export const eventNames = [
  'submission.published',
  'submission.rejected',
  'submission.failed',
  'submission.scanned_again',
  'appeal.answered',
  'finding.set_aside',
  'finding.counts_again',
  'skill.revoked',
  'skill.held',
  'skill.released',
  'report.confirmed',
  'report.answered',
  'fleet.withdrawn',
  'webhook.disabled',
  'webhook.test',
] as const
export type EventName = (typeof eventNames)[number]

export interface Note {
  readonly accountId: string
  readonly event: EventName
  /** A sentence for people. */
  readonly words: string
  /** Where in the console there is more. */
  readonly link?: string
  /** For programs, beside the sentence. */
  readonly about?: Record<string, string | number | null>
}

/**
 * Tells an account something, in the transaction that made it so: a note in the console, and a delivery for each of its
 * webhooks that asked for such events.
 */
export async function notify(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  note: Note,
): Promise<void> {
  const { accountId, event, words } = note
  await acting(transaction, { tenant: accountId }, async () => {
    await transaction
      .insertInto('notifications')
      .values({ account_id: accountId, kind: event, words, link: note.link ?? null })
      .execute()
    const hooks = await transaction
      .selectFrom('webhooks')
      .select('id')
      .where('account_id', '=', accountId)
      .where('disabled_at', 'is', null)
      .where(sql<boolean>`${event} = any(events)`)
      .execute()
    for (const hook of hooks) await queueDelivery(transaction, jobs, hook.id, note)
  })
}

/** A delivery of its own, whatever the webhook asked for. */
export async function queueDelivery(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  webhookId: string,
  { accountId, event, words, about }: Note,
): Promise<void> {
  const { id } = await transaction
    .insertInto('webhook_deliveries')
    .values({
      account_id: accountId,
      webhook_id: webhookId,
      event,
      payload: JSON.stringify({ words, ...about }),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await jobs.send(transaction, 'deliver', { delivery: id })
}
