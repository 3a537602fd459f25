import { sql, type Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { record } from '../audit.ts'
import { setReach, within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Caller } from './caller.ts'
import type { MembershipRole } from './scopes.ts'

/** Adds somebody to an account: at once where they have signed in before, else when they do. */
export async function addMember(
  database: Database,
  accountId: string,
  by: Pick<Caller, 'name'>,
  request: { login: string; role: MembershipRole },
): Promise<'member' | 'invited'> {
  const login = request.login.toLowerCase()
  return within(database, { across: 'people' }, async (transaction) => {
    const added = (state: 'member' | 'invited') =>
      record(transaction, by, {
        accountId,
        action: 'member.added',
        target: request.login,
        detail: { role: request.role, state },
      }).then(() => state)
    const user = await transaction
      .selectFrom('users')
      .select('id')
      .where(sql`lower(login)`, '=', login)
      .executeTakeFirst()
    await setReach(transaction, { tenant: accountId })
    if (user === undefined) {
      await transaction
        .insertInto('invitations')
        .values({ account_id: accountId, login, role: request.role, invited_by: by.name })
        .onConflict((conflict) =>
          conflict.columns(['account_id', 'login']).doUpdateSet({ role: request.role }),
        )
        .execute()
      return added('invited')
    }
    await transaction
      .insertInto('memberships')
      .values({ account_id: accountId, user_id: user.id, role: request.role })
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'user_id']).doUpdateSet({ role: request.role }),
      )
      .execute()
    await assertAdministered(transaction, accountId)
    return added('member')
  })
}

/** Takes a member or an invitation away. @throws SkilletError NOT_FOUND, BUSY for the last administrator */
export async function removeMember(
  database: Database,
  accountId: string,
  by: Pick<Caller, 'name'>,
  login: string,
): Promise<void> {
  await within(database, { across: 'people' }, async (transaction) => {
    const user = await transaction
      .selectFrom('users')
      .select('id')
      .where(sql`lower(login)`, '=', login.toLowerCase())
      .executeTakeFirst()
    await setReach(transaction, { tenant: accountId })
    const invitation = await transaction
      .deleteFrom('invitations')
      .where('account_id', '=', accountId)
      .where('login', '=', login.toLowerCase())
      .executeTakeFirst()
    const membership =
      user === undefined
        ? null
        : await transaction
            .deleteFrom('memberships')
            .where('account_id', '=', accountId)
            .where('user_id', '=', user.id)
            .executeTakeFirst()
    if (invitation.numDeletedRows === 0n && (membership?.numDeletedRows ?? 0n) === 0n)
      throw new SkilletError('NOT_FOUND', `${login} does not belong to this account.`)
    await assertAdministered(transaction, accountId)
    await record(transaction, by, { accountId, action: 'member.removed', target: login })
  })
}

/** Somebody must be left who can add and remove others. */
async function assertAdministered(transaction: Transaction<Tables>, accountId: string): Promise<void> {
  const administrators = await transaction
    .selectFrom('memberships')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('role', '=', 'administrator')
    .execute()
  if (administrators.length > 0) return
  throw new SkilletError('BUSY', 'This is the last administrator of the account.', {
    remedy: 'Make somebody else an administrator first.',
  })
}
