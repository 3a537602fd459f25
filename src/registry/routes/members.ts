import { z } from 'zod'
import { addMember, removeMember } from '../auth/members.ts'
import { membershipRoles } from '../auth/scopes.ts'
import { within } from '../db/database.ts'
import { accountAdministrators } from '../auth/who-may.ts'
import { time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'
const role = z.enum(membershipRoles)
/** GitHub's rule for logins, with room for other servers' of it. */
const login = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62})$/, 'is not a login')

/** Who belongs to an account. */
export function addMembers(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/account/members',
      tag,
      summary: 'Who belongs to the account, and who is invited.',
      access: accountAdministrators,
      answer: z.object({
        members: z.array(z.object({ login: z.string(), name: z.string(), role, since: time })),
        invited: z.array(z.object({ login: z.string(), role, by: z.string(), since: time })),
      }),
    },
    async ({ caller }) =>
      within(database, { across: 'people' }, async (transaction) => {
        const members = await transaction
          .selectFrom('memberships')
          .innerJoin('users', 'users.id', 'memberships.user_id')
          .select(['users.login', 'users.name', 'memberships.role', 'memberships.created_at'])
          .where('memberships.account_id', '=', caller.accountId)
          .orderBy('memberships.created_at')
          .execute()
        const invited = await transaction
          .selectFrom('invitations')
          .select(['login', 'role', 'invited_by', 'created_at'])
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at')
          .execute()
        return {
          members: members.map(({ created_at, ...row }) => ({ ...row, since: created_at.toISOString() })),
          invited: invited.map(({ created_at, invited_by, ...row }) => ({
            ...row,
            by: invited_by,
            since: created_at.toISOString(),
          })),
        }
      }),
  )

  add(
    {
      method: 'put',
      path: '/api/account/members/:login',
      tag,
      summary: 'Adds somebody, or changes what they may do; whoever has never signed in is invited.',
      access: accountAdministrators,
      params: z.object({ login }),
      body: z.strictObject({ role }),
      answer: z.object({ login: z.string(), state: z.enum(['member', 'invited']) }),
    },
    async ({ caller, params, body }) => {
      const { login: who } = params
      const state = await addMember(database, caller.accountId, caller, { login: who, role: body.role })
      return { login: who, state }
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/account/members/:login',
      tag,
      summary: 'Takes somebody out of the account, or an invitation back.',
      access: accountAdministrators,
      params: z.object({ login }),
      status: 204,
    },
    async ({ context, caller, params }) => {
      await removeMember(database, caller.accountId, caller, params.login)
      return context.body(null, 204)
    },
  )
}
