import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import type { Database } from '../db/database.ts'
import type { RateLimits } from '../http/rate-limits.ts'
import type { Authenticate } from './api-keys.ts'
import { holds, type Caller } from './caller.ts'
import { callerOfPerson } from './people.ts'
import type { Scope } from './scopes.ts'
import type { Sessions } from './sessions.ts'

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

/** What telling callers apart takes. */
export interface AccessPorts {
  readonly database: Database
  readonly sessions: Sessions
  readonly limits: RateLimits
  readonly authenticate: Authenticate
  /** Notes that a key was used. */
  readonly noteUse: (keyId: string) => void
  /** Where a request comes from. */
  readonly addressOf: (context: Context) => string
}

/** The account that somebody signed in acts for; without it, the first that they belong to. */
export const accountHeader = 'x-skillet-account'

/**
 * Who calls, if they may; null where anybody may, and then nobody is looked up.
 * @throws SkilletError UNAUTHORIZED, FORBIDDEN, RATE_LIMITED
 */
export async function authorise(
  context: Context,
  ports: AccessPorts,
  access: Access,
): Promise<Caller | null> {
  if (access === 'public') return null
  const onDashboard = access === 'signed-in' || access.dashboard === true
  const caller = (onDashboard ? await sessionOf(context, ports) : null) ?? (await callerOf(context, ports))
  if (caller === null)
    throw new SkilletError(
      'UNAUTHORIZED',
      onDashboard ? 'You are not signed in.' : 'This needs an API key.',
      {
        remedy: onDashboard ? 'Sign in to the console.' : 'Set one with --api-key or SKILLET_API_KEY.',
      },
    )
  if (access === 'signed-in') {
    if (caller.via === 'session') return caller
    throw new SkilletError('UNAUTHORIZED', 'This needs you to be signed in, not a key.', {
      remedy: 'Sign in to the console.',
    })
  }
  const wanted = [access.scope].flat()
  if (wanted.some((scope) => holds(caller, scope))) return caller
  const permission = wanted.join(' or ')
  throw new SkilletError(
    'FORBIDDEN',
    caller.via === 'key'
      ? `This API key does not have the permission ${permission}.`
      : `You do not have the permission ${permission}.`,
  )
}

/** Who calls, by the `x-api-key` header; null without one. @throws SkilletError UNAUTHORIZED, RATE_LIMITED */
export async function callerOf(
  context: Context,
  { authenticate, addressOf, noteUse }: AccessPorts,
): Promise<Caller | null> {
  const key = context.req.header('x-api-key')
  if (key === undefined) return null
  const caller = await authenticate(key, addressOf(context))
  context.set('keyPrefix', caller.prefix)
  if (caller.keyId !== null) noteUse(caller.keyId)
  return caller
}

/** Who is signed in, by the `authorization` header; null without one. */
async function sessionOf(context: Context, { database, sessions }: AccessPorts): Promise<Caller | null> {
  const token = /^Bearer ([\w.-]{1,2000})$/.exec(context.req.header('authorization') ?? '')?.[1]
  if (token === undefined) return null
  const { userId } = await sessions.verify(token)
  const caller = await callerOfPerson(database, userId, context.req.header(accountHeader))
  context.set('keyPrefix', caller.prefix)
  return caller
}
