import { z } from 'zod'
import { setStaffRole, signInPerson } from '../auth/people.ts'
import { staffRoles } from '../auth/scopes.ts'
import { administrators } from '../auth/who-may.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

/** Who may do what in the registry as a whole. */
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
}
