import type { TrustStatus } from '../shared/contract/overview.ts'
import { fingerprint } from './skill-lines.ts'

/** Whose word this computer takes, how fresh it is, and what is wrong with it, in words. */
export function trustLines(trust: TrustStatus): string[] {
  const { root, checkedAt, validUntil, problem } = trust
  return [
    trust.registry === '' ? 'No registry is named.' : `Registry ${trust.registry}`,
    ...(root === null
      ? []
      : [
          `  Trust root ${root.version}: ${root.threshold} of these ${root.keyids.length} must agree to change it`,
          ...root.keyids.map((keyid) => `    ${fingerprint(keyid)}`),
        ]),
    ...trust.publishKeys.map((key) => `  Signing key ${fingerprint(key.keyid)}, ${keyStatus(key)}`),
    checkedAt === null
      ? '  Its signed lists have never been checked on this computer.'
      : `  Signed lists checked ${checkedAt}${validUntil === null ? '' : `, good until ${validUntil}`}`,
    ...(problem === null ? [] : [`  ${problem.code}: ${problem.message}`, `  ${problem.remedy}`]),
  ]
}

/** What a publish key still stands for, in words. */
export function keyStatus(
  key: Pick<TrustStatus['publishKeys'][number], 'status' | 'since' | 'until'>,
): string {
  if (key.status === 'active') return 'in use'
  if (key.status === 'retired')
    return `retired on ${key.until ?? 'an unknown day'}; what it signed before stands`
  return 'stolen: nothing that it signed counts'
}
