import { capabilities } from '../shared/capability.ts'
import { joinWords } from '../shared/capability-words.ts'
import type { UserPolicy } from '../shared/policy.ts'

/** What a policy limits, a line each; none for one that limits nothing. */
export function policyLines(policy: UserPolicy): string[] {
  const { capabilities: allowed, fs_write_roots: folders, net_hosts: hosts, secrets, exec, limits } = policy
  const never = capabilities.filter((capability) => allowed?.includes(capability) === false)
  return [
    ...listed('Capabilities', allowed),
    ...(never.length > 0 ? listed('Never', never) : []),
    ...listed('Folders written', folders),
    ...listed('Sites', hosts),
    ...listed('Keys', secrets),
    ...listed('Programs', exec),
    ...counted('Time a run', limits?.timeout_s, ' s'),
    ...counted('Memory a run', limits?.memory_mb, ' MB'),
    ...counted('Runs a day', limits?.runs_per_day),
    ...counted('Connections a run', limits?.requests_per_run),
    ...counted('Sent a day', limits?.egress_mb_per_day, ' MB'),
  ]
}

function listed(name: string, items: readonly string[] | undefined): string[] {
  return items === undefined ? [] : [`${name}: ${items.length === 0 ? 'none' : joinWords(items)}`]
}

function counted(name: string, limit: number | undefined, unit = ''): string[] {
  return limit === undefined ? [] : [`${name}: ${limit}${unit}`]
}
