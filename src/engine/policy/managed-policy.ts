import { managedPolicySchema, type ManagedPolicy } from '../../shared/managed-policy.ts'
import { readPolicyFile } from './policy-file.ts'

/** Where administrators put it; null where this version of Skillet reads none yet (Windows). */
export function managedPolicyFile(platform: NodeJS.Platform = process.platform): string | null {
  return platform === 'win32' ? null : '/etc/skillet/policy.json'
}

/** What administrators decided for this computer. */
export interface ManagedPolicySource {
  /** Anew at each call; null where there is none. @throws SkilletError POLICY_INVALID: then nothing installs or runs */
  read(): Promise<ManagedPolicy | null>
}

export function createManagedPolicy(options: { file?: string | null } = {}): ManagedPolicySource {
  const path = options.file === undefined ? managedPolicyFile() : options.file
  return {
    async read() {
      if (path === null) return null
      return readPolicyFile({ path, schema: () => managedPolicySchema, name: "The administrators' policy" })
    },
  }
}
