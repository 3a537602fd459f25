import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

/** The server's own connection pool, as the role that owns nothing. */
export function openDatabase(url: string, log: Log): Database {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', (error) => {
    // PostgreSQL may stop before the last goodbye has reached it.
    if (!pool.ending) log('error', 'database.connection_lost', { message: error.message })
  })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('registry')
}

/** For whom a transaction acts: one account, or across all of them for reviewing or for administering keys. */
export type Reach = { tenant: string } | { across: 'review' | 'keys' }

/** Row-level security lets the transaction see exactly its reach; both settings end with the transaction. */
export async function within<T>(
  database: Database,
  reach: Reach,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    const tenant = 'tenant' in reach ? reach.tenant : ''
    const across = 'across' in reach ? reach.across : ''
    await sql`select set_config('app.tenant', ${tenant}, true), set_config('app.across_tenants', ${across}, true)`.execute(
      transaction,
    )
    return work(transaction)
  })
}

/** PostgreSQL's error code for a row that exists already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505'
}
