import { createContext, useContext } from 'react'
import { t } from '../shared/i18n/t.ts'
import type { CallName, Contract, SkilletBridge } from '../shared/contract/index.ts'
import type { OutputOf } from '../shared/contract/define.ts'
import type { ErrorCode, PlainError } from '../shared/errors.ts'

declare global {
  interface Window {
    /** Put there by the preload; absent when the page is opened outside the app. */
    readonly skillet?: SkilletBridge
  }
}

export type CallInput<N extends CallName> = Parameters<SkilletBridge['calls'][N]>[0]
export type CallOutput<N extends CallName> = OutputOf<Contract[N]>

/** A call that was answered with a failure: `message` and `remedy` are sentences for a person. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  readonly code: ErrorCode
  readonly remedy: string

  constructor(error: PlainError, cause?: unknown) {
    super(error.message, cause === undefined ? undefined : { cause })
    this.code = error.code
    this.remedy = error.remedy
  }
}

/** Calls main and unwraps the result. Throws `CallFailed` for everything that goes wrong, a broken channel included. */
export async function ask<N extends CallName>(
  bridge: SkilletBridge,
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N>> {
  const call = bridge.calls[name] as (
    input: CallInput<N>,
  ) => Promise<{ ok: true; value: CallOutput<N> } | { ok: false; error: PlainError }>
  const result = await call(input).catch((cause: unknown) => {
    throw toCallFailed(cause)
  })
  if (result.ok) return result.value
  throw new CallFailed(result.error)
}

/** Anything thrown → CallFailed, for showing. */
export function toCallFailed(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error
  return new CallFailed(
    {
      code: 'INTERNAL',
      message: t('Something went wrong inside Skillet.'),
      remedy: t('Try again. If it happens again, close Skillet and open it once more.'),
    },
    error,
  )
}

const BridgeContext = createContext<SkilletBridge | null>(null)
export const BridgeProvider = BridgeContext.Provider

export function useBridge(): SkilletBridge {
  const bridge = useContext(BridgeContext)
  if (bridge === null) throw new Error('BridgeProvider is missing above this component')
  return bridge
}
