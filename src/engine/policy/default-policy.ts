import type { Policy } from '../../shared/policy.ts'

/** What holds where nobody has decided anything: `net`, `env:read` and `exec` are never granted by default. */
export const DEFAULT_POLICY: Policy = deepFrozen({
  capabilities: ['fs:read', 'fs:write'],
  fs_write_roots: ['traces', '.context'],
})

function deepFrozen(policy: Policy): Policy {
  for (const list of Object.values(policy)) Object.freeze(list)
  return Object.freeze(policy)
}
