import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import { tierCovers, type Tier } from '../../shared/tier.ts'
import type { Database } from '../db/database.ts'
import { authenticate } from './api-keys.ts'
import { holds, type Caller } from './caller.ts'
import type { Scope } from './scopes.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Set once a key was found valid; what the log calls the caller. */
    keyPrefix: string
  }
}

/**
 * Who may call: anybody; whoever is signed in to the console, for whatever account; or the holder of a scope (one of
 * several), by a key or, where it is a call of the `dashboard`, signed in.
 */
export type Access =
  'public' | 'signed-in' | { readonly scope: Scope | readonly Scope[]; readonly dashboard?: true }

/** Who calls, if they may; null where anybody may, and then nobody is looked up. @throws SkilletError UNAUTHORIZED, FORBIDDEN */
export async function authorise(
  context: Context,
  database: Database,
  access: Access,
): Promise<Caller | null> {
  if (access === 'public') return null
  const caller = await callerOf(context, database)
  if (caller === null)
    throw new SkilletError('UNAUTHORIZED', 'This needs an API key.', {
      remedy: 'Set one with --api-key or SKILLET_API_KEY.',
    })
  if (access === 'signed-in')
    throw new SkilletError('UNAUTHORIZED', 'This needs you to be signed in, not a key.', {
      remedy: 'Sign in to the console.',
    })
  const wanted = [access.scope].flat()
  if (!wanted.some((scope) => holds(caller, scope)))
    throw new SkilletError('FORBIDDEN', `This API key does not have the permission ${wanted.join(' or ')}.`)
  return caller
}

/** Who calls, by the `x-api-key` header; null without one. Throws UNAUTHORIZED for a key that isn't valid. */
export async function callerOf(context: Context, database: Database): Promise<Caller | null> {
  const key = context.req.header('x-api-key')
  if (key === undefined) return null
  const caller = await authenticate(database, key)
  context.set('keyPrefix', caller.prefix)
  return caller
}

/** What a refusal for the sake of a plan says; null where the key covers the tier. Without a key: free. */
export function tierRefusal(
  caller: Caller | null,
  required: Tier,
  registryUrl: string,
): { reason: 'tier_required'; required_tier: Tier; upgrade_url: string } | null {
  const held = caller !== null && holds(caller, 'read:catalog') ? caller.tier : 'free'
  if (tierCovers(held, required)) return null
  return {
    reason: 'tier_required',
    required_tier: required,
    upgrade_url: `${registryUrl}/upgrade?tier=${required}`,
  }
}
