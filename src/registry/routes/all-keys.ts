import { z } from 'zod'
import { slugSchema } from '../../shared/identifiers.ts'
import { tierSchema } from '../../shared/tier.ts'
import { mintKey, revokeKey } from '../auth/api-keys.ts'
import { scopeSchema } from '../auth/scopes.ts'
import { administrators } from '../auth/who-may.ts'
import { within } from '../db/database.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import { idParam, time } from '../http/fields.ts'
import type { Dependencies } from './dependencies.ts'

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
  createdAt: time,
  revokedAt: time.nullable(),
})
/** Keys in one answer. */
const page = 500

/** The keys of everybody, for the registry's administrators. */
export function addAllKeys(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/keys',
      tag: 'Administration',
      summary: 'Makes a key for any account. It is in this answer and nowhere else.',
      access: administrators,
      body: keyRequest,
      status: 201,
      answer: keyRequest.extend({ id: z.uuid(), key: z.string(), prefix: z.string() }),
    },
    async ({ caller, body }) => ({
      ...(await mintKey(database, { ...body, createdBy: caller.name })),
      ...body,
    }),
  )

  add(
    {
      method: 'get',
      path: '/api/keys',
      tag: 'Administration',
      summary: "Keys by their prefix, never their value: everybody's or one account's, the newest first.",
      access: administrators,
      query: z.object({
        account: slugSchema.optional(),
        /** The last one of the page before. */
        before: z.uuid().optional(),
      }),
      answer: z.object({ keys: z.array(keyAnswer), more: z.boolean() }),
    },
    async ({ query: { account, before } }) => {
      const rows = await within(database, { across: 'keys' }, (transaction) =>
        transaction
          .selectFrom('api_keys')
          .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
          .select(['api_keys.id', 'accounts.name', 'label', 'prefix', 'scopes', 'tier'])
          .select(['api_keys.created_at', 'revoked_at'])
          .$if(account !== undefined, (select) => select.where('accounts.name', '=', account!))
          .$if(before !== undefined, (select) =>
            select.where(({ eb, refTuple, selectFrom }) =>
              eb(
                refTuple('api_keys.created_at', 'api_keys.id'),
                '<',
                selectFrom('api_keys as last')
                  .where('last.id', '=', before!)
                  .select(['last.created_at', 'last.id'])
                  .$asTuple('created_at', 'id'),
              ),
            ),
          )
          .orderBy('api_keys.created_at', 'desc')
          .orderBy('api_keys.id', 'desc')
          .limit(page + 1)
          .execute(),
      )
      return {
        more: rows.length > page,
        keys: rows.slice(0, page).map(({ name, created_at, revoked_at, tier, ...row }) => ({
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
      access: administrators,
      params: idParam,
      answer: z.object({ id: z.uuid(), revoked: z.literal(true) }),
    },
    async ({ caller, params: { id } }) => {
      await revokeKey(database, caller, id)
      return { id, revoked: true as const }
    },
  )
}
