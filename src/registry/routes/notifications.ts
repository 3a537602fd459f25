import { z } from 'zod'
import { within } from '../db/database.ts'
import { time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'

/** What the registry tells an account. */
export function addNotifications(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/account/notifications',
      tag,
      summary: 'What the registry has to tell the account, the newest first.',
      access: { scope: ['write:account', 'write:publish'], dashboard: true },
      answer: z.object({
        notifications: z.array(
          z.object({
            id: z.uuid(),
            kind: z.string(),
            words: z.string(),
            link: z.string().nullable(),
            at: time,
            read: z.boolean(),
          }),
        ),
      }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('notifications')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute(),
      )
      return {
        notifications: rows.map(({ id, kind, words, link, created_at, read_at }) => ({
          id,
          kind,
          words,
          link,
          at: created_at.toISOString(),
          read: read_at !== null,
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/account/notifications/read',
      tag,
      summary: 'Marks everything that was told until now as read.',
      access: { scope: ['write:account', 'write:publish'], dashboard: true },
      status: 204,
    },
    async ({ context, caller }) => {
      await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .updateTable('notifications')
          .set({ read_at: new Date() })
          .where('account_id', '=', caller.accountId)
          .where('read_at', 'is', null)
          .execute(),
      )
      return context.body(null, 204)
    },
  )
}
