import { z } from 'zod'
import { secretNameSchema, slugSchema } from '../../shared/identifiers.ts'
import { revocationSchema } from '../../shared/signed-targets.ts'
import { tierSchema } from '../../shared/tier.ts'
import { mintKey, revokeKey } from '../auth/api-keys.ts'
import { setStaffRole, signInPerson } from '../auth/people.ts'
import { scopeSchema, staffRoles } from '../auth/scopes.ts'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { revoke } from '../revocations.ts'
import type { Dependencies } from './dependencies.ts'

const revocationRequest = revocationSchema.omit({ revokedAt: true }).extend({
  severity: revocationSchema.shape.severity.default('high'),
  rotate: z.array(secretNameSchema).max(32).default([]),
})

const keyRequest = z.strictObject({
  /** The publisher or customer that the key belongs to. */
  account: slugSchema,
  label: z.string().trim().min(1).max(120).default('API key'),
  scopes: z.array(scopeSchema).max(12).default(['read:catalog']),
  tier: tierSchema.default('free'),
})

const keyAnswer = z.object({
  id: z.uuid(),
  account: z.string(),
  label: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  tier: tierSchema.nullable(),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
})

/** Revoking releases, and the keys of everybody. All of it needs the scope `admin`. */
export function addAdministration(
  add: AddEndpoint,
  { database, jobs, publication, sessions, url }: Dependencies,
): void {
  add(
    {
      method: 'post',
      path: '/api/revocations',
      tag: 'Administration',
      summary: 'Withdraws a version, or all of them with `*`, from everybody.',
      access: { scope: 'admin', dashboard: true },
      body: revocationRequest,
      status: 201,
      answer: z.object({ serial: z.number(), slug: slugSchema, version: z.string() }),
    },
    async ({ caller, body }) => {
      const { serial } = await revoke({ database, jobs }, caller, body)
      jobs.wake('deliver')
      await publication.publish()
      return { serial, slug: body.slug, version: body.version }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/keys',
      tag: 'Administration',
      summary: 'Makes a key for any account. It is in this answer and nowhere else.',
      access: { scope: 'admin', dashboard: true },
      body: keyRequest,
      status: 201,
      answer: keyRequest.extend({ id: z.uuid(), key: z.string(), prefix: z.string() }),
    },
    async ({ body }) => ({ ...(await mintKey(database, body)), ...body }),
  )

  add(
    {
      method: 'get',
      path: '/api/keys',
      tag: 'Administration',
      summary: 'Every key by its prefix, never its value.',
      access: { scope: 'admin', dashboard: true },
      answer: z.object({ keys: z.array(keyAnswer) }),
    },
    async () => {
      const rows = await within(database, { across: 'keys' }, (transaction) =>
        transaction
          .selectFrom('api_keys')
          .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
          .select(['api_keys.id', 'accounts.name', 'label', 'prefix', 'scopes', 'tier'])
          .select(['api_keys.created_at', 'revoked_at'])
          .orderBy('api_keys.created_at')
          .execute(),
      )
      return {
        keys: rows.map(({ name, created_at, revoked_at, tier, ...row }) => ({
          ...row,
          account: name,
          tier: tierSchema.nullable().parse(tier),
          createdAt: created_at.toISOString(),
          revokedAt: revoked_at?.toISOString() ?? null,
        })),
      }
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/keys/:id',
      tag: 'Administration',
      summary: 'Ends a key.',
      access: { scope: 'admin', dashboard: true },
      params: z.object({ id: z.uuid() }),
      answer: z.object({ id: z.uuid(), revoked: z.literal(true) }),
    },
    async ({ params: { id } }) => {
      await revokeKey(database, id)
      return { id, revoked: true as const }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/people',
      tag: 'Administration',
      summary:
        'Lets somebody in: a link that signs them in once, within ten minutes, and their role in the registry.',
      access: { scope: 'admin', dashboard: true },
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
      access: { scope: 'admin', dashboard: true },
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
