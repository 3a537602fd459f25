import { z } from 'zod'
import { slugSchema } from '../../shared/identifiers.ts'
import type { Connection } from './request.ts'

const bundleSchema = z.object({ id: z.string().max(64), name: slugSchema, title: z.string().max(300) })
/** A bundle of the account ("cookbook"). */
type RegistryBundle = z.infer<typeof bundleSchema>
const shareTokenSchema = z.object({ id: z.string(), key: z.string(), prefix: z.string() })

/** What an account's key asks about its account, and makes for it. */
export interface AccountCalls {
  /** What the key may do, by the registry's names. @throws SkilletError UNAUTHORIZED */
  keyScopes(): Promise<string[]>
  /** @throws SkilletError FORBIDDEN without `read:bundles` */
  bundles(): Promise<RegistryBundle[]>
  /** `key` is shown this once. @throws SkilletError FORBIDDEN without `write:bundles`, NOT_FOUND for another account's */
  shareBundle(
    bundleId: string,
    request: { label: string; days: number },
  ): Promise<z.infer<typeof shareTokenSchema>>
}

export function createAccountCalls({ json }: Connection): AccountCalls {
  return {
    keyScopes: async () => (await json(z.object({ scopes: z.array(z.string()) }), '/api/account/key')).scopes,
    bundles: async () => (await json(z.object({ bundles: z.array(bundleSchema) }), '/api/bundles')).bundles,
    shareBundle: (bundleId, request) =>
      json(shareTokenSchema, `/api/bundles/${encodeURIComponent(bundleId)}/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      }),
  }
}
