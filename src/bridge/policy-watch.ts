import { SkilletError, toSkilletError } from '../shared/errors.ts'
import type { ManagedPolicy } from '../shared/managed-policy.ts'

/** Seconds between two looks at what administrators decided: somebody who forbids it doesn't wait for the next start. */
export const policyLookSeconds = 60

/** @throws SkilletError POLICY_DENIED where administrators close the bridge */
export function assertBridgeOpen(policy: ManagedPolicy | null): void {
  if (policy?.bridge?.enabled === false)
    throw new SkilletError('POLICY_DENIED', 'Your administrator does not let agents connect to Skillet.')
}

/** Why agents may not connect now, null where they may. A policy that can't be read forbids it. */
export async function whyForbidden(
  managed: () => Promise<ManagedPolicy | null>,
): Promise<SkilletError | null> {
  try {
    assertBridgeOpen(await managed())
    return null
  } catch (error) {
    return toSkilletError(error)
  }
}

/** Looks again and again while the bridge is open, and tells each time what it found; the result stops looking. */
export function watchPolicy(
  managed: () => Promise<ManagedPolicy | null>,
  everyMs: number,
  onLook: (why: SkilletError | null) => void,
): () => void {
  const timer = setInterval(() => void whyForbidden(managed).then(onLook), everyMs).unref()
  return () => clearInterval(timer)
}
