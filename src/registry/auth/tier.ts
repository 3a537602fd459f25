import { SkilletError } from '../../shared/errors.ts'
import { tierCovers, type Tier } from '../../shared/tier.ts'
import { within, type Database } from '../db/database.ts'
import { holds, type Caller } from './caller.ts'

/** What a refusal for the sake of a plan says, beside the error. */
export interface TierRefusal {
  readonly reason: 'tier_required'
  readonly required_tier: Tier
  readonly upgrade_url: string
}

/** A refusal that says which plan would do, and where to get it. */
export class TierRequired extends SkilletError {
  readonly refusal: TierRefusal
  constructor(what: string, required: Tier, registryUrl: string) {
    const upgradeUrl = `${registryUrl}/upgrade?tier=${required}`
    super('TIER_REQUIRED', `${what} needs the ${required} plan.`, { remedy: `Upgrade at ${upgradeUrl}` })
    this.refusal = { reason: 'tier_required', required_tier: required, upgrade_url: upgradeUrl }
  }
}

/**
 * Up to which tier a caller may have a skill. A key needs the scope `read:catalog`. A share token and a fleet's key carry
 * what the account that made them is entitled to, for the skills of their bundle alone.
 */
export async function tierFor(database: Database, caller: Caller | null, slug: string): Promise<Tier> {
  if (caller === null || !holds(caller, 'read:catalog')) return 'free'
  const { bundleId, accountId, tier } = caller
  if (bundleId === null || tier === 'free') return tier
  const listed = await within(database, { tenant: accountId }, (transaction) =>
    transaction
      .selectFrom('bundle_skills')
      .select('slug')
      .where('bundle_id', '=', bundleId)
      .where('slug', '=', slug)
      .executeTakeFirst(),
  )
  return listed === undefined ? 'free' : tier
}

/** @throws TierRequired where what somebody has doesn't cover what is needed */
export function assertTier(held: Tier, required: Tier, what: string, registryUrl: string): void {
  if (!tierCovers(held, required)) throw new TierRequired(what, required, registryUrl)
}
