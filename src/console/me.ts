import { createContext, useContext } from 'react'

export interface Me {
  readonly login: string
  readonly name: string
  readonly staff: 'reviewer' | 'administrator' | null
  readonly accounts: readonly {
    readonly name: string
    readonly kind: 'person' | 'team' | 'system'
    readonly role: 'publisher' | 'administrator'
  }[]
  /** The account that this person acts for now, and what they may do in it. */
  readonly account: string
  readonly scopes: readonly string[]
  readonly tier: 'free' | 'cook' | 'operator' | 'pro_plus'
}

const MeContext = createContext<Me | null>(null)
export const MeProvider = MeContext.Provider

/** Whoever is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (me === null) throw new Error('MeProvider is missing above this component')
  return me
}

/** Whether somebody may do what a scope names; administrators of the registry may do everything. */
export function may(me: Pick<Me, 'scopes'>, scope: string | readonly string[]): boolean {
  return me.scopes.includes('admin') || [scope].flat().some((one) => me.scopes.includes(one))
}
