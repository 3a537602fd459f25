import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { record } from '../audit.ts'
import { findPerson } from '../auth/people.ts'
import { membershipRoles, scopeSchema, scopesOfRoles, staffRoles } from '../auth/scopes.ts'
import { isDuplicate, within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'

/** Who somebody signed in is, and the teams that they make. */
export function addAccounts(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/me',
      tag,
      summary: 'Who is signed in, and where they belong.',
      access: 'signed-in',
      answer: z.object({
        login: z.string(),
        name: z.string(),
        staff: z.enum(staffRoles).nullable(),
        accounts: z.array(
          z.object({
            name: z.string(),
            kind: z.enum(['person', 'team', 'system']),
            role: z.enum(membershipRoles),
            scopes: z.array(scopeSchema),
          }),
        ),
        account: z.string(),
        scopes: z.array(scopeSchema),
        tier: tierSchema,
      }),
    },
    async ({ caller }) => {
      const person = await findPerson(database, caller.userId ?? '')
      if (person === null) throw new SkilletError('UNAUTHORIZED', 'This sign-in is no longer valid.')
      return {
        login: person.login,
        name: person.name,
        staff: person.staff,
        accounts: person.memberships.map(({ account, kind, role: held }) => ({
          name: account,
          kind,
          role: held,
          scopes: [...scopesOfRoles(held, person.staff)],
        })),
        account: caller.account,
        scopes: [...caller.scopes],
        tier: caller.tier,
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/accounts',
      tag,
      summary: 'Makes a team, administered by whoever makes it.',
      access: 'signed-in',
      limit: 'submit',
      body: z.strictObject({ name: slugSchema, title: z.string().trim().min(1).max(120) }),
      status: 201,
      answer: z.object({ name: z.string() }),
    },
    async ({ caller, body }) => {
      const { name, title } = body
      await within(database, { across: 'people' }, async (transaction) => {
        const { id } = await transaction
          .insertInto('accounts')
          .values({ name, title, kind: 'team' })
          .returning('id')
          .executeTakeFirstOrThrow()
          .catch((error: unknown) => {
            if (!isDuplicate(error)) throw error
            throw new SkilletError('INPUT_INVALID', `The name ${name} is taken.`, {
              remedy: 'Choose another one.',
            })
          })
        await transaction
          .insertInto('memberships')
          .values({ account_id: id, user_id: caller.userId!, role: 'administrator' })
          .execute()
        await record(transaction, caller, { accountId: id, action: 'account.created', target: name })
      })
      return { name }
    },
  )
}
