import type { Transaction } from 'kysely'
import type { Caller } from './auth/caller.ts'
import type { Tables } from './db/tables.ts'

/**
 * Writes down who did what to what in an account, in the transaction that does it. `detail` never holds keys or texts of
 * people. The log can be added to and read, by nobody changed.
 */
export async function record(
  transaction: Transaction<Tables>,
  caller: Pick<Caller, 'name'>,
  entry: { accountId: string; action: string; target: string; detail?: Record<string, unknown> },
): Promise<void> {
  await transaction
    .insertInto('audit_log')
    .values({
      account_id: entry.accountId,
      actor: caller.name,
      action: entry.action,
      target: entry.target,
      detail: JSON.stringify(entry.detail ?? {}) as never,
    })
    .execute()
}
