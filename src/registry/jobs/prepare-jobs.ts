import type pg from 'pg'
import PgBoss from 'pg-boss'
import { queueNames, queues } from './queues.ts'

/** The schema that pg-boss works in. */
export const jobSchema = 'pgboss'

/**
 * Makes pg-boss's tables and our queues as their owner, within the transaction that brings the database up to date. The
 * server's role may use them and owns nothing. Jobs hold numbers of rows alone, nothing of any tenant.
 */
export async function prepareJobs(client: pg.Client, owner: string, server: string): Promise<void> {
  const id = (name: string) => client.escapeIdentifier(name)
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    `${jobSchema}.version`,
  ])
  await client.query(`create schema if not exists ${jobSchema} authorization ${id(owner)}`)
  await client.query(`set local role ${id(owner)}`)
  if (rows[0]?.there !== true) await client.query(withoutTransaction(PgBoss.getConstructionPlans(jobSchema)))
  for (const name of queueNames) {
    const { retryLimit, retryDelay, expireInSeconds } = queues[name]
    await client.query(`select ${jobSchema}.create_queue($1, $2)`, [
      name,
      { policy: 'standard', retryBackoff: true, retryLimit, retryDelay, expireInSeconds },
    ])
  }
  await client.query(`grant usage on schema ${jobSchema} to ${id(server)}`)
  await client.query(
    `grant select, insert, update, delete on all tables in schema ${jobSchema} to ${id(server)}`,
  )
  await client.query('reset role')
}

/** pg-boss's script brings a transaction of its own and makes the schema, both of which are there already. */
function withoutTransaction(script: string): string {
  const parts = [/^\s*BEGIN;/, /CREATE SCHEMA IF NOT EXISTS pgboss\s*;/, /COMMIT;\s*$/]
  return parts.reduce((text, part) => {
    if (!part.test(text)) throw new Error(`pg-boss's script has changed: no ${part.source}`)
    return text.replace(part, '')
  }, script)
}
