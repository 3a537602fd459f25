import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { tierSchema, type Tier } from '../../shared/tier.ts'
import { within, type Database } from '../db/database.ts'
import type { Caller } from './caller.ts'
import { scopeSchema, type Scope } from './scopes.ts'

const callerRow = z.object({
  id: z.string(),
  account_id: z.string(),
  account: z.string(),
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  tier: tierSchema,
  bundle_id: z.string().nullable(),
  fleet_id: z.string().nullable(),
})

/** 43 of these hold 256 random bits, which no search through SHA-256 finds. A double click selects the whole key. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const keyPattern = /^rec_[A-Za-z0-9]{43}$/

/** The holder of a key. Throws UNAUTHORIZED for one that is unknown, revoked or no key at all. */
export async function authenticate(database: Database, key: string): Promise<Caller> {
  const rows = keyPattern.test(key)
    ? (await sql`select * from registry.authenticate(${digestOf(key)})`.execute(database)).rows
    : []
  const row = callerRow.safeParse(rows[0])
  if (!row.success)
    throw new SkilletError('UNAUTHORIZED', 'The API key is not valid, or no longer.', {
      remedy: 'Check the key, or ask the registry for a new one.',
    })
  const { id, account_id, account, prefix, scopes, tier, bundle_id, fleet_id } = row.data
  return {
    via: 'key',
    name: account,
    accountId: account_id,
    account,
    scopes,
    tier,
    prefix,
    keyId: id,
    userId: null,
    bundleId: bundle_id,
    fleetId: fleet_id,
  }
}

/**
 * Makes a key for an account, which is created where it is new. `key` is shown this once and stored nowhere.
 * `keep` puts it where its holder finds it, before the key comes into force: where that fails, there is no key.
 */
export async function mintKey(
  database: Database,
  request: { account: string; label: string; scopes: readonly Scope[]; tier: Tier },
  keep?: (key: string) => Promise<void>,
): Promise<{ id: string; key: string; prefix: string }> {
  const secret = Array.from({ length: 43 }, () => alphabet[randomInt(alphabet.length)]).join('')
  const key = `rec_${secret}`
  const prefix = secret.slice(0, 6)
  return within(database, { across: 'keys' }, async (transaction) => {
    const accountId = await ensureAccount(transaction, request.account)
    const row = await transaction
      .insertInto('api_keys')
      .values({
        account_id: accountId,
        label: request.label,
        prefix,
        digest: digestOf(key),
        scopes: [...request.scopes],
        tier: request.tier,
        revoked_at: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await keep?.(key)
    return { id: row.id, key, prefix }
  })
}

/** True where somebody holds a key in force that may administer the registry. */
export async function hasAdminKey(database: Database): Promise<boolean> {
  return within(database, { across: 'keys' }, async (transaction) => {
    const some = await adminKeys(transaction).limit(1).executeTakeFirst()
    return some !== undefined
  })
}

/** Ends a key. Throws NOT_FOUND, and BUSY for the last administrator's key, without which nobody could mint another. */
export async function revokeKey(database: Database, id: string): Promise<void> {
  await within(database, { across: 'keys' }, async (transaction) => {
    // Locked, so that two administrators can't revoke each other's key at once.
    const admins = await adminKeys(transaction).orderBy('id').forUpdate().execute()
    if (admins.length === 1 && admins[0]?.id === id)
      throw new SkilletError('BUSY', 'This is the last key that may administer the registry.', {
        remedy: 'Make another key with the permission admin first, then revoke this one with it.',
      })
    const result = await transaction
      .updateTable('api_keys')
      .set({ revoked_at: new Date() })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (result.numUpdatedRows === 0n) throw new SkilletError('NOT_FOUND', 'There is no such key in force.')
  })
}

function adminKeys(transaction: Database) {
  return transaction
    .selectFrom('api_keys')
    .select('id')
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`'admin' = any(scopes)`)
}

export async function ensureAccount(database: Database, name: string): Promise<string> {
  await database
    .insertInto('accounts')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { id } = await database
    .selectFrom('accounts')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return id
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
