import { userPolicySchema, type UserPolicy } from '../../shared/policy.ts'
import { writeFileAtomic } from '../disk.ts'
import { parsePolicy, readPolicyFile } from './policy-file.ts'

/** What the person allows all skills at most. */
export interface UserPolicyFile {
  /** Anew at each call; `{}`, which limits nothing, where nothing was set. @throws SkilletError POLICY_INVALID */
  read(): Promise<UserPolicy>
  /** Takes the place of what was set before, whatever that was. @throws SkilletError POLICY_INVALID, NOT_WRITABLE, NO_SPACE */
  write(policy: UserPolicy): Promise<void>
}

export function createUserPolicy({ file }: { file: string }): UserPolicyFile {
  const policy = {
    path: file,
    schema: () => userPolicySchema,
    name: 'Your own policy',
    remedy: 'Set your limits again in Settings or with: skillet policy set FILE. Until then nothing runs.',
  }
  return {
    read: async () => (await readPolicyFile(policy)) ?? {},
    async write(changed) {
      const text = `${JSON.stringify(changed, null, 2)}\n`
      // What couldn't be read back would stop everything.
      parsePolicy(policy, text)
      await writeFileAtomic(file, text)
    },
  }
}
