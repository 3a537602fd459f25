import { Hono } from 'hono'
import { z } from 'zod'
import { secretNameSchema, slugSchema } from '../../shared/identifiers.ts'
import { revocationSchema } from '../../shared/signed-targets.ts'
import { tierSchema } from '../../shared/tier.ts'
import { requireScope } from '../auth/access.ts'
import { mintKey, revokeKey, scopeSchema } from '../auth/api-keys.ts'
import { within } from '../db/database.ts'
import { parseInput } from '../http-errors.ts'
import { parseBody } from '../request-body.ts'
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
  scopes: z.array(scopeSchema).max(8).default(['read']),
  tier: tierSchema.default('free'),
})

/** Revoking releases, and the keys of everybody. All of it needs the scope `admin`. */
export function administrationRoutes({ database, publication }: Dependencies): Hono {
  const app = new Hono()

  app.post('/api/revocations', async (context) => {
    await requireScope(context, database, 'admin')
    const request = await parseBody(context, revocationRequest)
    const { serial } = await revoke(database, request)
    await publication.publish()
    return context.json({ serial, slug: request.slug, version: request.version }, 201)
  })

  app.post('/api/keys', async (context) => {
    await requireScope(context, database, 'admin')
    const request = await parseBody(context, keyRequest)
    return context.json({ ...(await mintKey(database, request)), ...request }, 201)
  })

  app.get('/api/keys', async (context) => {
    await requireScope(context, database, 'admin')
    const rows = await within(database, { across: 'keys' }, (transaction) =>
      transaction
        .selectFrom('api_keys')
        .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
        .select(['api_keys.id', 'accounts.name', 'label', 'prefix', 'scopes', 'tier'])
        .select(['api_keys.created_at', 'revoked_at'])
        .orderBy('api_keys.created_at')
        .execute(),
    )
    return context.json({
      keys: rows.map((row) => ({
        id: row.id,
        account: row.name,
        label: row.label,
        prefix: row.prefix,
        scopes: row.scopes,
        tier: row.tier,
        createdAt: row.created_at.toISOString(),
        revokedAt: row.revoked_at?.toISOString() ?? null,
      })),
    })
  })

  app.delete('/api/keys/:id', async (context) => {
    await requireScope(context, database, 'admin')
    const id = parseInput(z.uuid(), context.req.param('id'))
    await revokeKey(database, id)
    return context.json({ id, revoked: true })
  })

  return app
}
