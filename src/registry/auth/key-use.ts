import { within, type Database } from '../db/database.ts'
import type { Log } from '../log.ts'

/** Milliseconds for which a key counts as just used: busy keys are written down once in this time. */
const justUsedMs = 60_000

/** Notes when a key was last used, beside the request that used it. */
export function createKeyUse(database: Database, log: Log): (keyId: string) => void {
  const noted = new Map<string, number>()
  return (keyId) => {
    const now = Date.now()
    if (now - (noted.get(keyId) ?? 0) < justUsedMs) return
    // Keys that rest are forgotten, so that the list doesn't grow with the years.
    for (const [id, at] of noted) if (now - at >= justUsedMs) noted.delete(id)
    noted.set(keyId, now)
    within(database, { across: 'keys' }, (transaction) =>
      transaction
        .updateTable('api_keys')
        .set({ last_used_at: new Date(now) })
        .where('id', '=', keyId)
        .execute(),
    ).catch((error: unknown) => {
      noted.delete(keyId)
      log('error', 'keys.use_not_noted', { message: error instanceof Error ? error.message : String(error) })
    })
  }
}
