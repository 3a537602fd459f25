import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { acting } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Caller } from './caller.ts'

type Who = Pick<Caller, 'accountId' | 'userId'>

/**
 * Nobody of the registry decides over what their own account has there, whichever of their accounts they act for at the
 * moment. @throws SkilletError FORBIDDEN
 */
export async function assertNotOwn(
  transaction: Transaction<Tables>,
  { account_id }: { account_id: string },
  caller: Who,
): Promise<void> {
  if (!(await areOne(transaction, caller, [account_id]))) return
  throw new SkilletError('FORBIDDEN', 'This is of your own account.', {
    remedy: 'Somebody else must look at it.',
  })
}

/** Who decides, for good: a person, whatever they are called at the moment, or for a key its account. */
export function deciderOf({ accountId, userId }: Who): string {
  return userId ?? accountId
}

/** Whether one of `others`, persons or accounts, may be the same as the caller: a person and an account of theirs are one. */
export async function areOne(
  transaction: Transaction<Tables>,
  { accountId, userId }: Who,
  others: readonly string[],
): Promise<boolean> {
  if (others.includes(userId ?? accountId)) return true
  if (others.length === 0) return false
  const linked = await acting(transaction, { across: 'people' }, () => {
    const memberships = transaction.selectFrom('memberships').select('user_id')
    return (
      userId === null
        ? memberships.where('account_id', '=', accountId).where('user_id', 'in', others)
        : memberships.where('user_id', '=', userId).where('account_id', 'in', others)
    ).executeTakeFirst()
  })
  return linked !== undefined
}
