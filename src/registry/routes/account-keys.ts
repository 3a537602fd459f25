import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { record } from '../audit.ts'
import { insertKey, revokeKey } from '../auth/api-keys.ts'
import { holds } from '../auth/caller.ts'
import { scopes, scopeSchema, staffScopes } from '../auth/scopes.ts'
import { within } from '../db/database.ts'
import { accountAdministrators } from '../auth/who-may.ts'
import { idParam, time } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Account'
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

/** An account's own keys. */
export function addAccountKeys(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'get',
      path: '/api/account/key',
      tag,
      summary: 'What the key that asks may do, so that nobody is asked for what it can’t.',
      access: { scope: scopes },
      answer: z.object({ account: z.string(), scopes: z.array(scopeSchema) }),
    },
    async ({ caller }) => ({ account: caller.account, scopes: [...caller.scopes] }),
  )

  add(
    {
      method: 'get',
      path: '/api/account/keys',
      tag,
      summary: "The account's keys by their prefix, never their value.",
      access: accountAdministrators,
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
      access: accountAdministrators,
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
      access: accountAdministrators,
      params: idParam,
      status: 204,
    },
    async ({ context, caller, params }) => {
      await revokeKey(database, caller, params.id, { tenant: caller.accountId })
      return context.body(null, 204)
    },
  )
}
