import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import { tierCovers, type Tier } from '../../shared/tier.ts'
import type { Database } from '../db/database.ts'
import { authenticate, type Caller, type Scope } from './api-keys.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Set once a key was found valid; what the log calls the caller. */
    keyPrefix: string
  }
}

/** Who calls, by the `x-api-key` header; null without one. Throws UNAUTHORIZED for a key that isn't valid. */
export async function callerOf(context: Context, database: Database): Promise<Caller | null> {
  const key = context.req.header('x-api-key')
  if (key === undefined) return null
  const caller = await authenticate(database, key)
  context.set('keyPrefix', caller.prefix)
  return caller
}

/** The caller, who must hold this scope; `admin` includes every other. Throws UNAUTHORIZED, FORBIDDEN. */
export async function requireScope(context: Context, database: Database, scope: Scope): Promise<Caller> {
  const caller = await callerOf(context, database)
  if (caller === null)
    throw new SkilletError('UNAUTHORIZED', 'This needs an API key.', {
      remedy: 'Set one with --api-key or SKILLET_API_KEY.',
    })
  if (!caller.scopes.includes(scope) && !caller.scopes.includes('admin'))
    throw new SkilletError('FORBIDDEN', `This API key does not have the permission ${scope}.`)
  return caller
}

/** What a refusal for the sake of a plan says; null where the key covers the tier. Without a key: free. */
export function tierRefusal(
  caller: Caller | null,
  required: Tier,
  registryUrl: string,
): { reason: 'tier_required'; required_tier: Tier; upgrade_url: string } | null {
  if (tierCovers(caller?.tier ?? 'free', required)) return null
  return {
    reason: 'tier_required',
    required_tier: required,
    upgrade_url: `${registryUrl}/upgrade?tier=${required}`,
  }
}
