import { Kysely, PostgresDialect, sql, type RawBuilder, type Transaction } from 'kysely'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

/** The server's own connection pool, as the role that owns nothing. */
export function openDatabase(url: string, log: Log): Database {
  return openPool(url, log).database
}

/** The same with the pool itself, for what speaks to it without Kysely. The pool ends with the database. */
export function openPool(url: string, log: Log): { database: Database; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', (error) => {
    // PostgreSQL may stop before the last goodbye has reached it.
    if (!pool.ending) log('error', 'database.connection_lost', { message: error.message })
  })
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('registry')
  return { database, pool }
}

/** For what a transaction may look across tenants; which tables each opens is in the migrations. */
export type Purpose =
  'review' | 'keys' | 'people' | 'payments' | 'deliveries' | 'reports' | 'withdrawals' | 'audit' | 'upkeep'

/** For whom a transaction acts: one account, one person (who sees their memberships), or across all for one purpose. */
export type Reach = { tenant: string } | { person: string } | { across: Purpose }

/**
 * That a row is the tenant's, for the statement itself: it holds where the wall around the table should not. True of all
 * rows where a transaction acts for no single tenant.
 */
export function ofTenant(reach: Reach): RawBuilder<boolean> {
  return 'tenant' in reach ? sql<boolean>`account_id = ${reach.tenant}` : sql<boolean>`true`
}

/** Row-level security lets the transaction see exactly its reach; the settings end with the transaction. */
export async function within<T>(
  database: Database,
  reach: Reach,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    await setReach(transaction, reach)
    return work(transaction)
  })
}

/** Makes a transaction that is under way act for somebody else from here on. */
export async function setReach(transaction: Transaction<Tables>, reach: Reach): Promise<void> {
  const tenant = 'tenant' in reach ? reach.tenant : ''
  const person = 'person' in reach ? reach.person : ''
  const across = 'across' in reach ? reach.across : ''
  await sql`select set_config('app.tenant', ${tenant}, true), set_config('app.user', ${person}, true),
                   set_config('app.across_tenants', ${across}, true)`.execute(transaction)
}

/** Does something for somebody else within a transaction, which then goes on as before. */
export async function acting<T>(
  transaction: Transaction<Tables>,
  reach: Reach,
  work: () => Promise<T>,
): Promise<T> {
  const { rows } = await sql<{ tenant: string; person: string; across: string }>`
    select coalesce(current_setting('app.tenant', true), '') as tenant,
           coalesce(current_setting('app.user', true), '') as person,
           coalesce(current_setting('app.across_tenants', true), '') as across`.execute(transaction)
  const { tenant, person, across } = rows[0]!
  await setReach(transaction, reach)
  const done = await work()
  const before: Reach =
    tenant !== '' ? { tenant } : person !== '' ? { person } : { across: across as Purpose }
  await setReach(transaction, before)
  return done
}

/** PostgreSQL's error code for a row that exists already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505'
}
