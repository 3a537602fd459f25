import { z } from 'zod'
import { managedPolicySchema } from '../managed-policy.ts'
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

/** `line` is null where the document has none. */
const policyProblemSchema = z.object({ key: z.string(), line: z.number().nullable(), message: z.string() })
export type PolicyProblemView = z.infer<typeof policyProblemSchema>

/** Whatever stands in the form; main says whether it is a policy. */
const draftSchema = z.record(z.string(), z.unknown())

export const managedEvents = { 'managed.preinstall': preinstallNewsSchema }

export const managedCalls = {
  /** What administrators decided; null where nobody did. `logo`: a data: address. Fails with POLICY_INVALID. */
  'managed.get': call(
    z.null(),
    z.object({ policy: managedPolicySchema, logo: z.string().nullable() }).nullable(),
  ),
  /** What is wrong with a policy that somebody is writing; empty where nothing is. */
  'policy.check': call(z.object({ policy: draftSchema }), z.array(policyProblemSchema)),
  /** Asks for a file and reads it, in any of the forms that are exported; null where none was chosen. */
  'policy.import': call(
    z.null(),
    z
      .object({
        name: z.string(),
        policy: managedPolicySchema.nullable(),
        problems: z.array(policyProblemSchema),
      })
      .nullable(),
  ),
  /** Asks where to and writes it; null where nobody said where. Fails with POLICY_INVALID. */
  'policy.export': call(
    z.object({ policy: draftSchema, form: z.enum(['json', 'mobileconfig', 'reg']) }),
    z.object({ path: z.string() }).nullable(),
  ),
}
