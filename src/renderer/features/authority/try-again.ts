import { useState } from 'react'
import { ask, useBridge, type CallFailed } from '../../bridge.ts'
import type { ErrorCode } from '../../../shared/errors.ts'

/** Failures of the registry itself, whatever it was asked for. They are remembered for a while: what needs it doesn't ask anew at every step. */
export const registryFailures: ReadonlySet<ErrorCode> = new Set([
  'REGISTRY_UNREACHABLE',
  'REGISTRY_REFUSED',
  'METADATA_EXPIRED',
  'METADATA_INVALID',
  'METADATA_ROLLBACK',
  'CLOCK_WRONG',
])

/** "Try again" means now: where the registry's word was what failed, it is asked for first. */
export function useTryAgain(): {
  tryAgain: (error: CallFailed | null, again: () => unknown) => Promise<void>
  trying: boolean
} {
  const bridge = useBridge()
  const [trying, setTrying] = useState(false)
  const tryAgain = async (error: CallFailed | null, again: () => unknown) => {
    setTrying(true)
    // If this fails too, what is tried again says so itself.
    if (error !== null && registryFailures.has(error.code))
      await ask(bridge, 'trust.refresh', null).catch(() => null)
    await again()
    setTrying(false)
  }
  return { tryAgain, trying }
}
