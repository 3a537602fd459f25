import { setTimeout } from 'node:timers/promises'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { serveThread, type CallContext } from '../../../../src/engine/thread/serve.ts'

const calls = {
  double: (value: number) => value * 2,
  async count(to: number, { emit }: CallContext) {
    for (let at = 1; at <= to; at++) emit(at)
    return to
  },
  refuse() {
    const cause = Object.assign(new Error('disk'), { code: 'ENOSPC' })
    throw new SkilletError('NO_SPACE', 'The disk is full.', { remedy: 'Tidy up.', cause })
  },
  async untilCancelled(_: null, { signal }: CallContext) {
    while (!signal.aborted) await setTimeout(1)
    throw new SkilletError('CANCELLED', 'Given up.')
  },
  die: () => process.exit(7),
  fault: () => void setImmediate(() => JSON.parse('{')),
  never: () => new Promise<never>(() => undefined),
}
export type EchoCalls = typeof calls

serveThread(calls)
