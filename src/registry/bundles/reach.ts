import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import type { Caller } from '../auth/caller.ts'
import type { Tables } from '../db/tables.ts'

/**
 * A bundle of the caller's. One of somebody else's is as unknown as one that doesn't exist, and to a token or a fleet's
 * key every other of its own account too. @throws SkilletError NOT_FOUND
 */
export async function ownBundle(transaction: Transaction<Tables>, caller: Caller, id: string) {
  const bundle =
    caller.bundleId !== null && caller.bundleId !== id
      ? undefined
      : await transaction
          .selectFrom('bundles')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .where('id', '=', id)
          .executeTakeFirst()
  if (bundle === undefined) throw new SkilletError('NOT_FOUND', 'There is no such bundle.')
  return bundle
}

/** A fleet of the caller's. @throws SkilletError NOT_FOUND */
export async function ownFleet(transaction: Transaction<Tables>, caller: Caller, id: string) {
  const fleet = await transaction
    .selectFrom('fleets')
    .selectAll()
    .where('account_id', '=', caller.accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (fleet === undefined) throw new SkilletError('NOT_FOUND', 'There is no such fleet.')
  return fleet
}

/** Machines of one fleet: whoever has its key may tell of no more. */
export const maxMachines = 10_000

/** What a bundle lists, by name. */
export async function skillsOf(transaction: Transaction<Tables>, bundleId: string) {
  return transaction
    .selectFrom('bundle_skills')
    .select(['slug', 'version'])
    .where('bundle_id', '=', bundleId)
    .orderBy('slug')
    .execute()
}
