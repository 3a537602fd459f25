import { z } from 'zod'

/** Subscription tiers in ascending order. */
export const tiers = ['free', 'cook', 'operator', 'pro_plus'] as const
export const tierSchema = z.enum(tiers)
export type Tier = z.infer<typeof tierSchema>

/** True when somebody on `held` may use something that needs `required`. */
export function tierCovers(held: Tier, required: Tier): boolean {
  return tiers.indexOf(held) >= tiers.indexOf(required)
}
