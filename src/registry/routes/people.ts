import { sql } from 'kysely'
import { z } from 'zod'
import { setStaffRole, signInPerson } from '../auth/people.ts'
import { staffRoles } from '../auth/scopes.ts'
import { administrators } from '../auth/who-may.ts'
import { within } from '../db/database.ts'
import { time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

/** People on one page. */
const page = 200

/** Who was let in, and who may do what in the registry as a whole. */
export function addPeople(add: AddEndpoint, { database, sessions, url }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/people',
      tag: 'Administration',
      summary:
        'Lets somebody in: a link that signs them in once, within ten minutes, and their role in the registry.',
      access: administrators,
      body: z.strictObject({
        login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'is not a login'),
        name: z.string().trim().min(1).max(120).optional(),
        role: z.enum(staffRoles).nullable().default(null),
      }),
      status: 201,
      answer: z.object({ login: z.string(), link: z.url() }),
    },
    async ({ caller, body: { login, name, role } }) => {
      const userId = await signInPerson(database, { githubId: null, login, name: name ?? login })
      await setStaffRole(database, caller, login, role)
      const { word } = await sessions.invite(userId)
      // Behind the #, so that it reaches neither a log nor another site.
      return { login, link: `${url()}/console/#/sign-in/${word}` }
    },
  )

  add(
    {
      method: 'put',
      path: '/api/people/:login/role',
      tag: 'Administration',
      summary: 'Makes somebody a reviewer or an administrator of the registry, or neither.',
      access: administrators,
      params: z.object({ login: z.string().max(64) }),
      body: z.strictObject({ role: z.enum(staffRoles).nullable() }),
      answer: z.object({ login: z.string(), role: z.enum(staffRoles).nullable() }),
    },
    async ({ caller, params: { login }, body: { role } }) => {
      await setStaffRole(database, caller, login, role)
      return { login, role }
    },
  )

  add(
    {
      method: 'get',
      path: '/api/people',
      tag: 'Administration',
      summary: 'Everybody who was let in, the registry’s own people first, and where they belong.',
      access: administrators,
      query: z.object({
        /** Part of a login or a name. */
        text: z.string().max(100).default(''),
      }),
      answer: z.object({
        /** Of everybody, whether they are shown or not. */
        all: z.number(),
        people: z.array(
          z.object({
            login: z.string(),
            name: z.string(),
            role: z.enum(staffRoles).nullable(),
            /** Signs in through GitHub; otherwise by links alone. */
            github: z.boolean(),
            accounts: z.array(z.string()),
            since: time,
            /** When they signed in last; null: never. */
            signedIn: time.nullable(),
          }),
        ),
      }),
    },
    async ({ query: { text } }) =>
      within(database, { across: 'people' }, async (transaction) => {
        const { all } = await transaction
          .selectFrom('users')
          .select(({ fn }) => fn.countAll<string>().as('all'))
          .executeTakeFirstOrThrow()
        const part = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
        const rows = await transaction
          .selectFrom('users as u')
          .select(['u.login', 'u.name', 'u.role', 'u.github_id', 'u.created_at'])
          .select(({ selectFrom }) => [
            selectFrom('sessions as s')
              .whereRef('s.user_id', '=', 'u.id')
              .select(({ fn }) => fn.max('s.created_at').as('at'))
              .as('signed_in'),
            sql<
              string[]
            >`array(select a.name from registry.memberships m join registry.accounts a on a.id = m.account_id
              where m.user_id = u.id order by m.created_at)`.as('accounts'),
          ])
          .where(({ or, eb }) => or([eb('u.login', 'ilike', part), eb('u.name', 'ilike', part)]))
          .orderBy(sql`u.role is null`)
          .orderBy(sql`lower(u.login)`)
          .limit(page)
          .execute()
        return {
          all: Number(all),
          people: rows.map(({ github_id, created_at, signed_in, ...row }) => ({
            ...row,
            github: github_id !== null,
            since: created_at.toISOString(),
            signedIn: signed_in?.toISOString() ?? null,
          })),
        }
      }),
  )
}
