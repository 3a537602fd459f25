import { z } from 'zod'
import { record } from '../audit.ts'
import { insertKey } from '../auth/api-keys.ts'
import { bundleTokenScopes } from '../auth/scopes.ts'
import { ownBundle } from '../bundles/reach.ts'
import { within } from '../db/database.ts'
import { bundleAdministrators } from '../auth/who-may.ts'
import { idParam } from '../http/fields.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'

const tag = 'Bundles'
const label = z.string().trim().min(1).max(120)

/** Tokens that share a bundle. */
export function addShareTokens(add: AddEndpoint, { database }: Dependencies): void {
  add(
    {
      method: 'post',
      path: '/api/bundles/:id/tokens',
      tag,
      summary:
        'Makes a share token: whoever has it may read this bundle and get its skills. Shown this once.',
      access: bundleAdministrators,
      limit: 'submit',
      params: idParam,
      body: z.strictObject({ label, days: z.number().int().min(1).max(3650).optional() }),
      status: 201,
      answer: z.object({ id: z.uuid(), key: z.string(), prefix: z.string() }),
    },
    async ({ caller, params: { id }, body }) =>
      within(database, { tenant: caller.accountId }, async (transaction) => {
        const bundle = await ownBundle(transaction, caller, id)
        const minted = await insertKey(transaction, caller.accountId, {
          label: body.label,
          scopes: bundleTokenScopes,
          tier: null,
          kind: 'bundle',
          bundleId: id,
          createdBy: caller.name,
          expiresAt: body.days === undefined ? null : new Date(Date.now() + body.days * 86_400_000),
        })
        await record(transaction, caller, {
          accountId: caller.accountId,
          action: 'bundle.shared',
          target: bundle.name,
          detail: { prefix: minted.prefix },
        })
        return minted
      }),
  )
}
