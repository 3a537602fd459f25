import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { within } from '../db/database.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'
const access = { scope: ['write:account', 'write:publish'], dashboard: true } as const

/** What the registry has to tell an account. */
export function addNotifications(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/account/notifications',
      tag,
      summary: 'What the registry has to tell the account, the newest first, and how much of it is unread.',
      access,
      answer: z.object({
        unread: z.number(),
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
    async ({ caller }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const { unread } = await transaction
          .selectFrom('notifications')
          .select(({ fn }) => fn.countAll<string>().as('unread'))
          .where('account_id', '=', caller.accountId)
          .where('read_at', 'is', null)
          .executeTakeFirstOrThrow()
        const rows = await transaction
          .selectFrom('notifications')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute()
        return {
          unread: Number(unread),
          notifications: rows.map(({ id, kind, words, link, created_at, read_at }) => ({
            id,
            kind,
            words,
            link,
            at: created_at.toISOString(),
            read: read_at !== null,
          })),
        }
      }),
  )

  add(
    {
      method: 'post',
      path: '/api/account/notifications/read',
      tag,
      summary: 'Marks everything that was told until now as read.',
      access,
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

  add(
    {
      method: 'put',
      path: '/api/account/notifications/:id/read',
      tag,
      summary: 'Marks one of them as read, or as unread again.',
      access,
      params: idParam,
      body: z.strictObject({ read: z.boolean() }),
      status: 204,
    },
    async ({ context, caller, params: { id }, body: { read } }) => {
      await within(database, { tenant: caller.accountId }, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('notifications')
          .set({ read_at: read ? new Date() : null })
          .where('account_id', '=', caller.accountId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) throw new SkilletError('NOT_FOUND', 'There is no such notification.')
      })
      return context.body(null, 204)
    },
  )
}
