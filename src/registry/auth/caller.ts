import type { Tier } from '../../shared/tier.ts'
import type { Scope } from './scopes.ts'

/** Whoever calls, as far as the server needs to know: the holder of a key, or somebody signed in who acts for an account. */
export interface Caller {
  readonly via: 'key' | 'session'
  /** What journals and logs call whoever acts; for a key, its account. */
  readonly name: string
  /** The tenant. */
  readonly accountId: string
  readonly account: string
  readonly scopes: readonly Scope[]
  readonly tier: Tier
  /** The prefix of a key, or the start of a session's number: for logs. */
  readonly prefix: string
  readonly keyId: string | null
  readonly userId: string | null
  /** A share token and a fleet's key reach this bundle and no other. */
  readonly bundleId: string | null
  readonly fleetId: string | null
}

/** Whether somebody holds a scope; `admin` includes every other. */
export function holds(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes(scope) || caller.scopes.includes('admin')
}
