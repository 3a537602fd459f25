import { z } from 'zod'
import { policySchema } from '../../shared/policy.ts'
import { readPolicyFile } from './policy-file.ts'

/** The administrators' policy. `ceiling`: no skill may ever do more than this, whatever a person grants. */
export const managedPolicySchema = z.strictObject({ ceiling: policySchema })
export type ManagedPolicy = z.infer<typeof managedPolicySchema>

/** Where administrators put it; null where this version of Skillet reads none yet (Windows). */
export function managedPolicyFile(platform: NodeJS.Platform = process.platform): string | null {
  return platform === 'win32' ? null : '/etc/skillet/policy.json'
}

/** Reads the administrators' policy anew at each call; null where there is none. `read` throws POLICY_INVALID. */
export function createManagedPolicy(options: { file?: string | null } = {}): {
  read(): Promise<ManagedPolicy | null>
} {
  const path = options.file === undefined ? managedPolicyFile() : options.file
  return {
    async read() {
      if (path === null) return null
      return readPolicyFile({ path, schema: () => managedPolicySchema, name: "The administrators' policy" })
    },
  }
}
