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

/** What an entry about a submission says: the skill by its name, as people know it, and which submission it was. */
export function aboutSubmission(
  { id, slug, version }: { id: string; slug: string | null; version: string | null },
  detail: Record<string, unknown> = {},
): { target: string; detail: Record<string, unknown> } {
  const target = slug === null ? 'a submission without a readable skill.toml' : `${slug}@${version ?? '?'}`
  return { target, detail: { submission: id, ...detail } }
}
