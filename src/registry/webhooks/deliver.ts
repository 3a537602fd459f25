import { notify } from '../notify.ts'
import { within, type Database } from '../db/database.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import type { SecretBox } from './secret-box.ts'
import { sendDelivery } from './send.ts'

/** Deliveries in a row that failed for good, after which a webhook is switched off. */
const failuresToDisable = 10

export interface DeliverPorts {
  readonly database: Database
  readonly jobs: Pick<Jobs, 'send'>
  readonly box: SecretBox
  /** On a developer's computer: this computer may be told too. */
  readonly localToo: boolean
}

/** One try at a delivery. What throws is tried again, later each time; what failed for good is counted. */
export function createDelivery({ database, jobs, box, localToo }: DeliverPorts) {
  return async (tries: readonly Try<'deliver'>[]): Promise<void> => {
    // The queue gives one at a time: what one receiver does is nothing to the others.
    for (const one of tries) await deliver(one)
  }

  async function deliver({ data: { delivery: id }, last }: Try<'deliver'>): Promise<void> {
    const found = await within(database, { across: 'deliveries' }, (transaction) =>
      transaction
        .selectFrom('webhook_deliveries')
        .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
        .select(['webhook_deliveries.event', 'webhook_deliveries.payload', 'webhook_deliveries.attempts'])
        .select(['webhooks.id as webhook', 'webhooks.url', 'webhooks.secret', 'webhooks.account_id'])
        .where('webhook_deliveries.id', '=', id)
        .where('webhook_deliveries.state', '=', 'waiting')
        .where('webhooks.disabled_at', 'is', null)
        .executeTakeFirst(),
    )
    // Delivered already, or its webhook is gone.
    if (found === undefined) return
    let status: number | null = null
    let failure: unknown = null
    try {
      const { url, event, payload, secret, webhook } = found
      const delivery = { id, url, event, payload, secret: box.open(secret, webhook) }
      status = await sendDelivery(delivery, localToo, Date.now())
    } catch (error) {
      failure = error
    }
    const delivered = status !== null && status >= 200 && status < 300
    await within(database, { across: 'deliveries' }, async (transaction) => {
      await transaction
        .updateTable('webhook_deliveries')
        .set({
          attempts: found.attempts + 1,
          status,
          state: delivered ? 'delivered' : last ? 'failed' : 'waiting',
        })
        .where('id', '=', id)
        .execute()
      if (delivered || !last) return
      const recent = await transaction
        .selectFrom('webhook_deliveries')
        .select('state')
        .where('webhook_id', '=', found.webhook)
        .where('state', '!=', 'waiting')
        .orderBy('created_at', 'desc')
        .limit(failuresToDisable)
        .execute()
      if (recent.length < failuresToDisable || recent.some(({ state }) => state === 'delivered')) return
      await transaction
        .updateTable('webhooks')
        .set({ disabled_at: new Date() })
        .where('id', '=', found.webhook)
        .execute()
      await notify(transaction, jobs, {
        accountId: found.account_id,
        event: 'webhook.disabled',
        words: `Your webhook to ${new URL(found.url).host} was switched off: it could not be reached ${failuresToDisable} times.`,
      })
    })
    if (!delivered && !last) throw failure ?? new Error(`The webhook answered ${status}.`)
  }
}
