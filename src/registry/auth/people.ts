import { sql, type Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema, type Tier } from '../../shared/tier.ts'
import { within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { record } from '../audit.ts'
import type { Caller } from './caller.ts'
import { scopesOfRoles, type MembershipRole, type StaffRole } from './scopes.ts'

/** Somebody, as whoever vouches for them tells. `githubId` is null where an administrator of the registry did. */
export interface Identity {
  readonly githubId: number | null
  /** What people know them by; it may change, the number doesn't. */
  readonly login: string
  readonly name: string
}

export interface Membership {
  readonly accountId: string
  readonly account: string
  readonly kind: 'person' | 'team' | 'system'
  readonly role: MembershipRole
}

export interface Person {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly staff: StaffRole | null
  readonly memberships: readonly Membership[]
}

/**
 * The person with this identity: known already, or new with an account of their own. Invitations to their login become
 * memberships. Who has given up a login that somebody else now has is told apart by the number.
 */
export async function signInPerson(database: Database, identity: Identity): Promise<string> {
  return within(database, { across: 'people' }, async (transaction) => {
    const known = await transaction
      .selectFrom('users')
      .select(['id', 'login'])
      .where((where) =>
        identity.githubId === null
          ? where.and([
              where('github_id', 'is', null),
              where(sql`lower(login)`, '=', identity.login.toLowerCase()),
            ])
          : where('github_id', '=', identity.githubId),
      )
      .executeTakeFirst()
    const id = known?.id ?? (await createPerson(transaction, identity))
    if (known !== undefined && known.login !== identity.login)
      await freeLogin(transaction, identity, id).then(() =>
        transaction.updateTable('users').set({ login: identity.login }).where('id', '=', id).execute(),
      )
    await acceptInvitations(transaction, id, identity.login)
    return id
  })
}

/** Who the person is and where they belong; null for somebody who is gone. */
export async function findPerson(database: Database, id: string): Promise<Person | null> {
  return within(database, { person: id }, async (transaction) => {
    const user = await transaction
      .selectFrom('users')
      .select(['id', 'login', 'name', 'role'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (user === undefined) return null
    const memberships = await transaction
      .selectFrom('memberships')
      .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
      .select(['memberships.account_id', 'accounts.name', 'accounts.kind', 'memberships.role'])
      .where('memberships.user_id', '=', id)
      .orderBy('memberships.created_at')
      .execute()
    return {
      id: user.id,
      login: user.login,
      name: user.name,
      staff: user.role,
      memberships: memberships.map((row) => ({
        accountId: row.account_id,
        account: row.name,
        kind: row.kind,
        role: row.role,
      })),
    }
  })
}

/**
 * The person as a caller who acts for `account`, by default the first that they belong to. Staff act for any account
 * with what their role in the registry allows. @throws SkilletError UNAUTHORIZED, FORBIDDEN
 */
export async function callerOfPerson(
  database: Database,
  userId: string,
  account: string | undefined,
): Promise<Caller> {
  const person = await findPerson(database, userId)
  if (person === null) throw new SkilletError('UNAUTHORIZED', 'This sign-in is no longer valid.')
  const member = person.memberships.find((one) => account === undefined || one.account === account)
  if (member === undefined)
    throw new SkilletError('FORBIDDEN', `You don't belong to ${account ?? 'any account'}.`, {
      remedy: 'Ask an administrator of that account to add you.',
    })
  return {
    via: 'session',
    name: person.login,
    accountId: member.accountId,
    account: member.account,
    scopes: scopesOfRoles(member.role, person.staff),
    tier: await tierOf(database, member.accountId),
    prefix: person.id.slice(0, 6),
    keyId: null,
    userId: person.id,
    bundleId: null,
    fleetId: null,
  }
}

/** What an account is entitled to now. */
export async function tierOf(database: Database, accountId: string): Promise<Tier> {
  const row = await within(database, { tenant: accountId }, (transaction) =>
    transaction
      .selectFrom('entitlements')
      .select('tier')
      .where('account_id', '=', accountId)
      .where((where) =>
        where.or([where('valid_until', 'is', null), where('valid_until', '>', sql<Date>`now()`)]),
      )
      .executeTakeFirst(),
  )
  return tierSchema.parse(row?.tier ?? 'free')
}

async function createPerson(transaction: Transaction<Tables>, identity: Identity): Promise<string> {
  await freeLogin(transaction, identity, null)
  const { id } = await transaction
    .insertInto('users')
    .values({ github_id: identity.githubId, login: identity.login, name: identity.name })
    .returning('id')
    .executeTakeFirstOrThrow()
  const account = await transaction
    .insertInto('accounts')
    .values({ name: await freeName(transaction, identity.login), kind: 'person', title: identity.name })
    .returning('id')
    .executeTakeFirstOrThrow()
  await transaction
    .insertInto('memberships')
    .values({ account_id: account.id, user_id: id, role: 'administrator' })
    .execute()
  return id
}

/** A login that went from one person to another belongs to the other from now on. */
async function freeLogin(
  transaction: Transaction<Tables>,
  { login }: Identity,
  except: string | null,
): Promise<void> {
  let query = transaction
    .updateTable('users')
    .set({ login: sql<string>`login || '-' || left(id::text, 8)` })
    .where(sql`lower(login)`, '=', login.toLowerCase())
  if (except !== null) query = query.where('id', '!=', except)
  await query.execute()
}

/** A publisher's name made of a login; where somebody has it, with a number behind. */
async function freeName(transaction: Transaction<Tables>, login: string): Promise<string> {
  const wanted = slugSchema.safeParse(
    login
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, ''),
  )
  const base = wanted.success ? wanted.data.slice(0, 56) : 'person'
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    const taken = await transaction
      .selectFrom('accounts')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirst()
    if (taken === undefined) return name
  }
}

async function acceptInvitations(
  transaction: Transaction<Tables>,
  userId: string,
  login: string,
): Promise<void> {
  const invited = await transaction
    .deleteFrom('invitations')
    .where('login', '=', login.toLowerCase())
    .returning(['account_id', 'role'])
    .execute()
  for (const { account_id, role } of invited)
    await transaction
      .insertInto('memberships')
      .values({ account_id, user_id: userId, role })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

/** What somebody may do in the registry as a whole. @throws SkilletError NOT_FOUND */
export async function setStaffRole(
  database: Database,
  caller: Caller,
  login: string,
  role: StaffRole | null,
): Promise<void> {
  await within(database, { across: 'people' }, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('users')
      .set({ role })
      .where(sql`lower(login)`, '=', login.toLowerCase())
      .executeTakeFirst()
    if (numUpdatedRows === 0n)
      throw new SkilletError('NOT_FOUND', `Nobody called ${login} has signed in yet.`)
    await record(transaction, caller, {
      accountId: caller.accountId,
      action: 'person.role',
      target: login,
      detail: { role },
    })
  })
}
