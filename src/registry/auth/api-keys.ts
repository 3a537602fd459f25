import { sql } from 'kysely'
import type pg from 'pg'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { tierSchema, type Tier } from '../../shared/tier.ts'
import { ofTenant, within, type Database, type Reach } from '../db/database.ts'
import { prepare } from '../db/prepared.ts'
import type { RateLimits } from '../http/rate-limits.ts'
import { record } from '../audit.ts'
import type { Caller } from './caller.ts'
import { digestOf, isKey, isSameDigest, newKey, type KeyKind } from './key-format.ts'
import { scopeSchema, type Scope } from './scopes.ts'

const callerRow = z.object({
  id: z.string(),
  account_id: z.string(),
  account: z.string(),
  digest: z.string(),
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  tier: tierSchema,
  bundle_id: z.string().nullable(),
  fleet_id: z.string().nullable(),
})
const guessRow = z.object({ guesses: z.number().nullable(), guesses_until: z.coerce.number() })

/** The holder of a key that somebody at an address gives. @throws SkilletError UNAUTHORIZED, RATE_LIMITED */
export type Authenticate = (key: string, address: string) => Promise<Caller>

/** Asks the database once for each call: who holds the key, and how often the address has guessed. */
export function createAuthenticate(
  database: Database,
  pool: Pick<pg.Pool, 'query'>,
  limits: RateLimits,
): Authenticate {
  const find = prepare(pool, 'authenticate', ({ digest, guesser }: { digest: string; guesser: string }) => ({
    compile: () =>
      sql`select k.*, g.points as guesses, g.expire as guesses_until
          from (values (1)) as one
          left join registry.rate_limits g on g.key = ${guesser}
          left join registry.authenticate(${digest}) k on true`.compile(database),
  }))
  return async (key, address) => {
    const digest = digestOf(key)
    const [row] = await find({ digest, guesser: limits.keyOf('guess', address) })
    const { guesses, guesses_until } = guessRow.parse(row)
    // Whoever guessed too often isn't told whether this one is right.
    if (guesses !== null) limits.check('guess', guesses, guesses_until)
    const found = callerRow.safeParse(row)
    if (isKey(key) && found.success && isSameDigest(found.data.digest, digest)) return toCaller(found.data)
    await limits.take('guess', address)
    throw new SkilletError('UNAUTHORIZED', 'The API key is not valid, or no longer.', {
      remedy: 'Check the key, or ask the registry for a new one.',
    })
  }
}

function toCaller(row: z.infer<typeof callerRow>): Caller {
  return {
    via: 'key',
    name: row.account,
    accountId: row.account_id,
    account: row.account,
    scopes: row.scopes,
    tier: row.tier,
    prefix: row.prefix,
    keyId: row.id,
    userId: null,
    bundleId: row.bundle_id,
    fleetId: row.fleet_id,
  }
}

export interface KeyRequest {
  readonly label: string
  readonly scopes: readonly Scope[]
  /** Null: what the account is entitled to whenever the key is used. */
  readonly tier: Tier | null
  readonly kind?: KeyKind
  readonly bundleId?: string
  readonly fleetId?: string
  readonly expiresAt?: Date | null
  /** Who made it, in words. */
  readonly createdBy: string
}

export interface MintedKey {
  readonly id: string
  /** Shown this once and stored nowhere. */
  readonly key: string
  readonly prefix: string
}

/**
 * Makes a key for an account, within a transaction that reaches its rows.
 * `keep` puts it where its holder finds it, before the key comes into force: where that fails, there is no key.
 */
export async function insertKey(
  transaction: Database,
  accountId: string,
  request: KeyRequest,
  keep?: (key: string) => Promise<void>,
): Promise<MintedKey> {
  const kind = request.kind ?? 'standard'
  const { key, prefix, digest } = newKey(kind)
  const row = await transaction
    .insertInto('api_keys')
    .values({
      account_id: accountId,
      label: request.label,
      prefix,
      digest,
      scopes: [...request.scopes],
      tier: request.tier,
      kind,
      bundle_id: request.bundleId ?? null,
      fleet_id: request.fleetId ?? null,
      expires_at: request.expiresAt ?? null,
      created_by: request.createdBy,
      revoked_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await keep?.(key)
  return { id: row.id, key, prefix }
}

/** A standard key for an account, which is created where it is new. `keep` as in {@link insertKey}. */
export async function mintKey(
  database: Database,
  request: {
    account: string
    label: string
    scopes: readonly Scope[]
    tier: Tier | null
    createdBy?: string
  },
  keep?: (key: string) => Promise<void>,
): Promise<MintedKey> {
  return within(database, { across: 'keys' }, async (transaction) => {
    const accountId = await ensureAccount(transaction, request.account)
    const wanted = { createdBy: 'registry', ...request }
    const minted = await insertKey(transaction, accountId, wanted, keep)
    await record(
      transaction,
      { name: wanted.createdBy },
      { accountId, action: 'key.made', target: minted.prefix, detail: { scopes: request.scopes } },
    )
    return minted
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
export async function revokeKey(
  database: Database,
  by: Pick<Caller, 'name'>,
  id: string,
  reach: Reach = { across: 'keys' },
): Promise<void> {
  await within(database, reach, async (transaction) => {
    // Locked, so that two administrators can't revoke each other's key at once.
    const admins = await adminKeys(transaction).orderBy('id').forUpdate().execute()
    if (admins.length === 1 && admins[0]?.id === id)
      throw new SkilletError('BUSY', 'This is the last key that may administer the registry.', {
        remedy: 'Make another key with the permission admin first, then revoke this one with it.',
      })
    const ended = await transaction
      .updateTable('api_keys')
      .set({ revoked_at: new Date() })
      .where('id', '=', id)
      .where(ofTenant(reach))
      .where('revoked_at', 'is', null)
      .returning(['account_id', 'prefix'])
      .executeTakeFirst()
    if (ended === undefined) throw new SkilletError('NOT_FOUND', 'There is no such key in force.')
    const { account_id: accountId, prefix } = ended
    await record(transaction, by, { accountId, action: 'key.ended', target: prefix })
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
