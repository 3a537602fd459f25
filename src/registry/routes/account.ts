import { sql } from 'kysely'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { record } from '../audit.ts'
import { insertKey, revokeKey } from '../auth/api-keys.ts'
import { holds } from '../auth/caller.ts'
import { addMember, findPerson, removeMember, tierOf } from '../auth/people.ts'
import { membershipRoles, scopeSchema, staffRoles, staffScopes } from '../auth/scopes.ts'
import { isDuplicate, within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'
const role = z.enum(membershipRoles)
/** GitHub's rule for logins, with room for other servers' of it. */
const login = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62})$/, 'is not a login')
const time = z.iso.datetime()

const keyAnswer = z.object({
  id: z.uuid(),
  label: z.string(),
  prefix: z.string(),
  kind: z.enum(['standard', 'bundle', 'fleet']),
  scopes: z.array(scopeSchema),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
})
const keyRequest = z.strictObject({
  label: z.string().trim().min(1).max(120),
  scopes: z.array(scopeSchema).min(1).max(12),
  /** From 1 to 3650 days from now; absent: it doesn't expire. */
  days: z.number().int().min(1).max(3650).optional(),
})

/** What somebody who is signed in may do with their accounts: teams, members, keys, what was done. */
export function addAccount(add: AddEndpoint, { database }: Dependencies): void {
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
            role,
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
          scopes: [],
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

  add(
    {
      method: 'get',
      path: '/api/account/members',
      tag,
      summary: 'Who belongs to the account, and who is invited.',
      access: { scope: 'write:account', dashboard: true },
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
      access: { scope: 'write:account', dashboard: true },
      params: z.object({ login }),
      body: z.strictObject({ role }),
      answer: z.object({ login: z.string(), state: z.enum(['member', 'invited']) }),
    },
    async ({ caller, params, body }) => {
      const state = await addMember(database, caller.accountId, {
        login: params.login,
        role: body.role,
        invitedBy: caller.name,
      })
      await within(database, { tenant: caller.accountId }, (transaction) =>
        record(transaction, caller, {
          accountId: caller.accountId,
          action: 'member.added',
          target: params.login,
          detail: { role: body.role, state },
        }),
      )
      return { login: params.login, state }
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/account/members/:login',
      tag,
      summary: 'Takes somebody out of the account, or an invitation back.',
      access: { scope: 'write:account', dashboard: true },
      params: z.object({ login }),
      status: 204,
    },
    async ({ context, caller, params }) => {
      await removeMember(database, caller.accountId, params.login)
      await within(database, { tenant: caller.accountId }, (transaction) =>
        record(transaction, caller, {
          accountId: caller.accountId,
          action: 'member.removed',
          target: params.login,
        }),
      )
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/account/keys',
      tag,
      summary: "The account's keys by their prefix, never their value.",
      access: { scope: 'write:account', dashboard: true },
      answer: z.object({ keys: z.array(keyAnswer) }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('api_keys')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at', 'desc')
          .limit(500)
          .execute(),
      )
      return {
        keys: rows.map((row) => ({
          id: row.id,
          label: row.label,
          prefix: row.prefix,
          kind: row.kind,
          scopes: z.array(scopeSchema).parse(row.scopes),
          createdAt: row.created_at.toISOString(),
          createdBy: row.created_by,
          expiresAt: row.expires_at?.toISOString() ?? null,
          lastUsedAt: row.last_used_at?.toISOString() ?? null,
          revokedAt: row.revoked_at?.toISOString() ?? null,
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/account/keys',
      tag,
      summary:
        'Makes a key with no more permissions than its maker has. It is in this answer and nowhere else.',
      access: { scope: 'write:account', dashboard: true },
      limit: 'submit',
      body: keyRequest,
      status: 201,
      answer: z.object({ id: z.uuid(), key: z.string(), prefix: z.string() }),
    },
    async ({ caller, body }) => {
      const more = body.scopes.find((scope) => !holds(caller, scope))
      if (more !== undefined)
        throw new SkilletError('FORBIDDEN', `You don't have the permission ${more}, so no key of yours can.`)
      // What somebody may do in the registry as a whole is theirs alone, and ends with their role.
      if (body.scopes.some((scope) => staffScopes.includes(scope)))
        throw new SkilletError(
          'FORBIDDEN',
          'A key of an account neither reviews nor administers the registry.',
          {
            remedy: 'An administrator makes one: skillet registry keys mint --scope review:write',
          },
        )
      return within(database, { tenant: caller.accountId }, async (transaction) => {
        const minted = await insertKey(transaction, caller.accountId, {
          label: body.label,
          scopes: body.scopes,
          tier: null,
          createdBy: caller.name,
          expiresAt: body.days === undefined ? null : new Date(Date.now() + body.days * 86_400_000),
        })
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'key.made',
          target: minted.prefix,
          detail: { scopes: body.scopes },
        })
        return minted
      })
    },
  )

  add(
    {
      method: 'delete',
      path: '/api/account/keys/:id',
      tag,
      summary: 'Ends a key.',
      access: { scope: 'write:account', dashboard: true },
      params: z.object({ id: z.uuid() }),
      status: 204,
    },
    async ({ context, caller, params }) => {
      await revokeKey(database, params.id, { tenant: caller.accountId })
      await within(database, { tenant: caller.accountId }, (transaction) =>
        record(transaction, caller, {
          accountId: caller.accountId,
          action: 'key.ended',
          target: params.id,
        }),
      )
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/account/notifications',
      tag,
      summary: 'What the registry has to tell the account, the newest first.',
      access: { scope: ['write:account', 'write:publish'], dashboard: true },
      answer: z.object({
        notifications: z.array(
          z.object({
            id: z.uuid(),
            kind: z.string(),
            words: z.string(),
            link: z.string().nullable(),
            at: time,
            read: z.boolean(),
          }),
        ),
      }),
    },
    async ({ caller }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('notifications')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute(),
      )
      return {
        notifications: rows.map(({ id, kind, words, link, created_at, read_at }) => ({
          id,
          kind,
          words,
          link,
          at: created_at.toISOString(),
          read: read_at !== null,
        })),
      }
    },
  )

  add(
    {
      method: 'post',
      path: '/api/account/notifications/read',
      tag,
      summary: 'Marks everything that was told until now as read.',
      access: { scope: ['write:account', 'write:publish'], dashboard: true },
      status: 204,
    },
    async ({ context, caller }) => {
      await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .updateTable('notifications')
          .set({ read_at: new Date() })
          .where('account_id', '=', caller.accountId)
          .where('read_at', 'is', null)
          .execute(),
      )
      return context.body(null, 204)
    },
  )

  add(
    {
      method: 'get',
      path: '/api/account/journal',
      tag,
      summary: 'What was done in the account, the newest first.',
      access: { scope: 'write:account', dashboard: true },
      query: z.object({ before: z.coerce.number().int().positive().optional() }),
      answer: z.object({
        entries: z.array(
          z.object({
            seq: z.number(),
            actor: z.string(),
            action: z.string(),
            target: z.string(),
            detail: z.record(z.string(), z.unknown()),
            at: time,
          }),
        ),
        tier: tierSchema,
      }),
    },
    async ({ caller, query }) => {
      const rows = await within(database, { tenant: caller.accountId }, (transaction) =>
        transaction
          .selectFrom('audit_log')
          .select(['seq', 'actor', 'action', 'target', 'detail', 'at'])
          .where('account_id', '=', caller.accountId)
          .where((where) =>
            query.before === undefined ? sql<boolean>`true` : where('seq', '<', String(query.before)),
          )
          .orderBy('seq', 'desc')
          .limit(100)
          .execute(),
      )
      return {
        entries: rows.map(({ seq, at, ...row }) => ({ ...row, seq: Number(seq), at: at.toISOString() })),
        tier: await tierOf(database, caller.accountId),
      }
    },
  )
}
