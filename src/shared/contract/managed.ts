import { z } from 'zod'
import { plainErrorSchema } from '../plain-error.ts'
import { call } from './define.ts'

/** One skill that administrators asked for. `fraction` of its download, null in other steps. */
export const preinstallNewsSchema = z.object({
  slug: z.string(),
  title: z.string(),
  state: z.enum(['installing', 'installed', 'failed']),
  fraction: z.number().nullable(),
  problem: plainErrorSchema.nullable(),
})

/** What administrators decided, as people may see it: no key's place, no certificate. */
export const managedViewSchema = z.object({
  organisation: z.string().nullable(),
  support: z
    .object({
      name: z.string().optional(),
      email: z.string().optional(),
      url: z.string().optional(),
      phone: z.string().optional(),
    })
    .nullable(),
  branding: z.object({
    name: z.string().nullable(),
    /** `#rrggbb` */
    accent: z.string().nullable(),
    /** A picture as a data: address; null also where it can't be read. */
    logo: z.string().nullable(),
  }),
  /** What is decided, a sentence each, in plain words. */
  decided: z.array(z.object({ key: z.string(), sentence: z.string() })),
})
export type ManagedView = z.infer<typeof managedViewSchema>

export const managedEvents = { 'managed.preinstall': preinstallNewsSchema }

export const managedCalls = {
  /** Null where nobody manages this computer. Fails with POLICY_INVALID where a policy can't be read. */
  'managed.get': call(z.null(), managedViewSchema.nullable()),
}
