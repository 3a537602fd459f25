import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

const lock = sql.raw("hashtext('skillet registry repository')")

/**
 * Makes a transaction the only one, over all registries on this database, that adds releases or revocations or changes
 * the TUF repository; it ends with the transaction. Take it after any row locks.
 */
export async function lockRepository(transaction: Database): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(transaction)
}

/**
 * Holds the same lock while `work` runs. `work` must use the connection that it gets: waiting for another one could wait
 * for those who wait for the lock.
 */
export async function withRepositoryLock<T>(
  database: Database,
  work: (connection: Database) => Promise<T>,
): Promise<T> {
  return database.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${lock})`.execute(connection)
    try {
      return await work(connection)
    } finally {
      await sql`select pg_advisory_unlock(${lock})`.execute(connection)
    }
  })
}
