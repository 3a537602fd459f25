import { SkilletError } from '../../shared/errors.ts'
import { checkSkillPermissions } from '../policy/check-permissions.ts'
import type { ManagedPolicy } from '../policy/managed-policy.ts'
import type { AssertPolicyAllows } from '../ports.ts'

/** Holds what a skill declares against the administrators' ceiling, read anew each time; without one all may be asked. */
export function createPolicyCeiling(managed: { read(): Promise<ManagedPolicy | null> }): AssertPolicyAllows {
  return async (manifest) => {
    const policy = await managed.read()
    if (policy === null) return
    const { violations } = checkSkillPermissions(manifest, policy.ceiling)
    if (violations.length === 0) return
    throw new SkilletError(
      'POLICY_DENIED',
      `Your administrator doesn't allow what ${manifest.title} needs: ${violations.map(({ reason }) => reason).join(' ')}`,
    )
  }
}
