import { z } from 'zod'

/** What a skill may ask for (SkillWeave's vocabulary plus `exec`). Nothing else exists. */
export const capabilities = ['fs:read', 'fs:write', 'net', 'env:read', 'exec'] as const
export const capabilitySchema = z.enum(capabilities)
export type Capability = z.infer<typeof capabilitySchema>

export function isCapability(value: string): value is Capability {
  return (capabilities as readonly string[]).includes(value)
}
