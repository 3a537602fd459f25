import { z } from 'zod'

/** What a key may do, each by name. `admin` includes every other. */
export const scopes = [
  'read:catalog',
  'read:bundles',
  'read:installs',
  'read:usage',
  'write:publish',
  'write:bundles',
  'write:fleets',
  'write:webhooks',
  'write:inventory',
  'write:account',
  'review:write',
  'admin',
] as const
export const scopeSchema = z.enum(scopes)
export type Scope = z.infer<typeof scopeSchema>

/** What somebody may do in an account that they belong to. */
export const membershipRoles = ['publisher', 'administrator'] as const
export type MembershipRole = (typeof membershipRoles)[number]
/** What somebody may do in the registry as a whole. */
export const staffRoles = ['reviewer', 'administrator'] as const
export type StaffRole = (typeof staffRoles)[number]

/** What reviewers and administrators of the registry do, for no account. */
export const staffScopes: readonly Scope[] = ['review:write', 'admin']

const publisherScopes: readonly Scope[] = [
  'read:catalog',
  'read:bundles',
  'read:installs',
  'read:usage',
  'write:publish',
]

/** What a browser session may do: by the role in the account that it acts for, and by the role in the registry. */
export function scopesOfRoles(member: MembershipRole | null, staff: StaffRole | null): readonly Scope[] {
  const held = new Set<Scope>()
  if (member !== null) for (const scope of publisherScopes) held.add(scope)
  if (member === 'administrator')
    for (const scope of ['write:bundles', 'write:fleets', 'write:webhooks', 'write:account'] as const)
      held.add(scope)
  if (staff !== null) held.add('review:write')
  if (staff === 'administrator') held.add('admin')
  return [...held]
}

/** What share tokens (`cbt_`) and fleet keys (`rec_fleet_`) may do; both reach one bundle only. */
export const bundleTokenScopes: readonly Scope[] = ['read:catalog', 'read:bundles']
export const fleetKeyScopes: readonly Scope[] = ['read:catalog', 'read:bundles', 'write:inventory']
