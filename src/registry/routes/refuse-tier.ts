import type { Context } from 'hono'
import { SkilletError } from '../../shared/errors.ts'
import type { Tier } from '../../shared/tier.ts'
import { callerOf, tierRefusal } from '../auth/access.ts'
import type { AccessPorts } from '../auth/access.ts'

/** The answer to whoever asks for what their plan doesn't cover; null for whoever may have it. */
export async function refuseTier(
  context: Context,
  ports: AccessPorts,
  tier: Tier,
  url: string,
): Promise<Response | null> {
  if (tier === 'free') return null
  const refusal = tierRefusal(await callerOf(context, ports), tier, url)
  if (refusal === null) return null
  const error = new SkilletError('TIER_REQUIRED', `This skill needs the ${refusal.required_tier} plan.`, {
    remedy: `Upgrade at ${refusal.upgrade_url}`,
  })
  return context.json({ error: error.toPlain(), ...refusal }, 403)
}
