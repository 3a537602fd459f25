import type { Transaction } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { record } from '../audit.ts'
import type { Caller } from '../auth/caller.ts'
import { randomWord } from '../auth/key-format.ts'
import { within } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { eventNames, queueDelivery } from '../notify.ts'
import { assertWebhookUrl } from '../webhooks/send.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Webhooks'
const event = z.enum(eventNames)
/** Webhooks of one account. */
const maxWebhooks = 20

/** Webhooks: an account's own servers are told what the console says too. */
export function addWebhooks(add: AddEndpoint, { database, jobs, webhooks: ports }: Dependencies): void {
  const access = { scope: 'write:webhooks', dashboard: true } as const

  add(
    {
      method: 'get',
      path: '/api/webhooks',
      tag,
      summary: "The account's webhooks, never their secrets.",
      access,
      answer: z.object({
        webhooks: z.array(
          z.object({
            id: z.uuid(),
            url: z.string(),
            events: z.array(event),
            createdAt: time,
            disabledAt: time.nullable(),
          }),
        ),
      }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('webhooks')
          .select(['id', 'url', 'events', 'created_at', 'disabled_at'])
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at')
          .execute(),
      )
      return {
        webhooks: rows.map(({ id, url, events, created_at, disabled_at }) => ({
          id,
          url,
          events: z.array(event).parse(events),
          createdAt: created_at.toISOString(),
          disabledAt: disabled_at?.toISOString() ?? null,
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/webhooks',
      tag,
      summary:
        'Makes a webhook. The secret that its deliveries are signed with is in this answer and nowhere else.',
      access,
      limit: 'submit',
      body: z.strictObject({
        url: z.string().max(500),
        events: z.array(event).min(1).max(eventNames.length),
      }),
      status: 201,
      answer: z.object({ id: z.uuid(), secret: z.string() }),
    },
    async ({ caller, body }) => {
      const { host, href } = assertWebhookUrl(body.url, ports.localToo)
      const secret = randomWord()
      const id = crypto.randomUUID()
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const { count } = await transaction
          .selectFrom('webhooks')
          .select((select) => select.fn.countAll<string>().as('count'))
          .where('account_id', '=', caller.accountId)
          .executeTakeFirstOrThrow()
        if (Number(count) >= maxWebhooks)
          throw new SkilletError('TOO_LARGE', `An account has ${maxWebhooks} webhooks at most.`, {
            remedy: 'Delete one first.',
          })
        await transaction
          .insertInto('webhooks')
          .values({
            id,
            account_id: caller.accountId,
            url: href,
            events: [...new Set(body.events)],
            secret: ports.box.seal(secret, id),
          })
          .execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'webhook.made',
          target: host,
        })
      })
      return { id, secret }
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/webhooks/:id',
      tag,
      summary: 'Deletes a webhook and what is known of its deliveries.',
      access,
      params: idParam,
      status: 204,
    },
    async ({ context, caller, params: { id } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const deleted = await transaction
          .deleteFrom('webhooks')
          .where('account_id', '=', caller.accountId)
          .where('id', '=', id)
          .returning('url')
          .executeTakeFirst()
        if (deleted === undefined) throw noSuchWebhook()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'webhook.deleted',
          target: hostOf(deleted.url),
        })
      })
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'post',
      path: '/api/webhooks/:id/test',
      tag,
      summary: 'Sends a delivery to try it.',
      access,
      limit: 'submit',
      params: idParam,
      status: 202,
      answer: z.object({ queued: z.literal(true) }),
    },
    async ({ caller, params: { id } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        assertOn(await ownWebhook(transaction, caller, id))
        await queueDelivery(transaction, jobs, id, {
          accountId: caller.accountId,
          event: 'webhook.test',
          words: 'This is only a test.',
        })
      })
      jobs.wake('deliver')
      return { queued: true as const }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/webhooks/:id/deliveries',
      tag,
      summary: 'The latest deliveries and what came of them.',
      access,
      params: idParam,
      answer: z.object({
        deliveries: z.array(
          z.object({
            id: z.uuid(),
            event,
            state: z.enum(['waiting', 'delivered', 'failed']),
            attempts: z.number(),
            status: z.number().nullable(),
            at: time,
          }),
        ),
      }),
    },
    async ({ caller, params: { id } }) => {
      const rows = await within(database, { tenant: caller.accountId }, async (transaction) => {
        await ownWebhook(transaction, caller, id)
        return transaction
          .selectFrom('webhook_deliveries')
          .select(['id', 'event', 'state', 'attempts', 'status', 'created_at'])
          .where('account_id', '=', caller.accountId)
          .where('webhook_id', '=', id)
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute()
      })
      return {
        deliveries: rows.map(({ created_at, event: name, ...row }) => ({
          ...row,
          event: event.parse(name),
          at: created_at.toISOString(),
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/webhooks/:id/deliveries/:delivery/again',
      tag,
      summary: 'Sends a delivery again now that did not arrive, under the same id.',
      access,
      limit: 'submit',
      params: idParam.extend({ delivery: z.uuid() }),
      status: 202,
      answer: z.object({ queued: z.literal(true) }),
    },
    async ({ caller, params: { id, delivery } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        assertOn(await ownWebhook(transaction, caller, id))
        const { numUpdatedRows } = await transaction
          .updateTable('webhook_deliveries')
          .set({ state: 'waiting' })
          .where('account_id', '=', caller.accountId)
          .where('webhook_id', '=', id)
          .where('id', '=', delivery)
          .where('state', '!=', 'delivered')
          .executeTakeFirst()
        if (numUpdatedRows === 0n)
          throw new SkilletError('NOT_FOUND', 'There is no such delivery, or it has arrived.')
        await jobs.send(transaction, 'deliver', { delivery })
      })
      jobs.wake('deliver')
      return { queued: true as const }
    },
  )

  add(
    {
      method: 'put',
      path: '/api/webhooks/:id/on',
      tag,
      summary: 'Has a webhook that was switched off told again of what happens from now on.',
      access,
      params: idParam,
      status: 204,
    },
    async ({ context, caller, params: { id } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const { url } = await ownWebhook(transaction, caller, id)
        await transaction
          .updateTable('webhooks')
          .set({ disabled_at: null })
          .where('account_id', '=', caller.accountId)
          .where('id', '=', id)
          .execute()
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'webhook.on',
          target: hostOf(url),
        })
      })
      return context.body(null, 204)
    },
  )
}

/** What the journal calls a webhook; its whole address may hold a secret. One that no address could be must still go. */
const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : 'an address that is none')

/** @throws SkilletError NOT_FOUND for another's, as for one that doesn't exist */
async function ownWebhook(
  transaction: Transaction<Tables>,
  { accountId }: Caller,
  id: string,
): Promise<{ url: string; disabled_at: Date | null }> {
  const own = await transaction
    .selectFrom('webhooks')
    .select(['url', 'disabled_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (own === undefined) throw noSuchWebhook()
  return own
}

/** What is queued for one that is switched off would wait for ever. @throws SkilletError BUSY */
function assertOn({ disabled_at }: { disabled_at: Date | null }): void {
  if (disabled_at === null) return
  throw new SkilletError('BUSY', 'This webhook is switched off.', { remedy: 'Switch it on again first.' })
}

function noSuchWebhook(): SkilletError {
  return new SkilletError('NOT_FOUND', 'There is no such webhook.')
}
