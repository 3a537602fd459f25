import { z } from 'zod'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { tierOf } from '../auth/people.ts'
import { within, type Database, type Reach } from '../db/database.ts'
import { accountAdministrators, administrators } from '../auth/who-may.ts'
import { time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const entry = z.object({
  seq: z.number(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
  at: time,
})
/** The number of the last entry of the page before. */
const before = z.coerce.number().int().positive().optional()
/** Entries in one answer. */
const page = 100

/** What was done, by whom: in an account, and to the registry's administrators in all of them. */
export function addJournal(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/account/journal',
      tag: 'Account',
      summary: 'What was done in the account, the newest first.',
      access: accountAdministrators,
      query: z.object({ before }),
      answer: z.object({ entries: z.array(entry), tier: tierSchema }),
    },
    async ({ caller: { accountId }, query }) => ({
      entries: await entries(database, { tenant: accountId }, { ...query, accountId }),
      tier: await tierOf(database, accountId),
    }),
  )

  add(
    {
      method: 'get',
      path: '/api/journal',
      tag: 'Administration',
      summary: 'What was done in every account, or in one, the newest first: who, what, to what.',
      access: administrators,
      query: z.object({ before, account: slugSchema.optional(), actor: z.string().max(120).optional() }),
      answer: z.object({ entries: z.array(entry.extend({ account: z.string() })) }),
    },
    async ({ query }) => ({ entries: await entries(database, { across: 'audit' }, query) }),
  )
}

async function entries(
  database: Database,
  reach: Reach,
  wanted: {
    before?: number | undefined
    accountId?: string
    account?: string | undefined
    actor?: string | undefined
  },
) {
  const rows = await within(database, reach, (transaction) => {
    let query = transaction
      .selectFrom('audit_log')
      .innerJoin('accounts', 'accounts.id', 'audit_log.account_id')
      .select(['seq', 'accounts.name as account', 'actor', 'action', 'target', 'detail', 'at'])
    if (wanted.accountId !== undefined) query = query.where('audit_log.account_id', '=', wanted.accountId)
    if (wanted.account !== undefined) query = query.where('accounts.name', '=', wanted.account)
    if (wanted.actor !== undefined) query = query.where('actor', '=', wanted.actor)
    if (wanted.before !== undefined) query = query.where('seq', '<', String(wanted.before))
    return query.orderBy('seq', 'desc').limit(page).execute()
  })
  return rows.map(({ seq, at, ...row }) => ({ ...row, seq: Number(seq), at: at.toISOString() }))
}
