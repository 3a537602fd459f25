import { SkilletError } from '../../shared/errors.ts'

export interface StepHooks {
  /** From 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined
  signal?: AbortSignal | undefined
}

/** @throws SkilletError CANCELLED */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SkilletError('CANCELLED', 'The install was cancelled.')
}
