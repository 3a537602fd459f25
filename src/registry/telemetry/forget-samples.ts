import { sql } from 'kysely'
import { within, type Database } from '../db/database.ts'

/** Days that a sample is kept. */
const sampleDays = 30

/** Deletes samples that are older than they may be, also of bundles that nothing comes in for any more. */
export async function forgetSamples(database: Database): Promise<void> {
  await within(database, { across: 'upkeep' }, (transaction) =>
    transaction
      .deleteFrom('payload_samples')
      .where('at', '<', sql<Date>`now() - make_interval(days => ${sampleDays})`)
      .execute(),
  )
}
