import { createHash } from 'node:crypto'
import { SkilletError } from '../../shared/errors.ts'

/** So many of an agent's answers are remembered, for so long. */
const mostKept = 100
const keptMs = 60 * 60_000

/** Work that is done once, however often it is asked for under the same key. */
export interface Idempotency {
  /**
   * The answer to the first request of this agent's with this key; what failed is tried again.
   * @throws SkilletError INPUT_INVALID where the key came with something else before
   */
  once<T>(agentId: string, key: string, request: unknown, work: () => Promise<T>): Promise<T>
}

export function createIdempotency(now: () => number = () => performance.now()): Idempotency {
  const agents = new Map<string, Map<string, { mark: string; at: number; answer: Promise<unknown> }>>()
  return {
    once<T>(agentId: string, key: string, request: unknown, work: () => Promise<T>): Promise<T> {
      const kept = agents.get(agentId) ?? new Map()
      agents.set(agentId, kept)
      const mark = createHash('sha256').update(JSON.stringify(request)).digest('base64')
      const known = kept.get(key)
      if (known !== undefined && now() - known.at < keptMs) {
        if (known.mark === mark) return known.answer as Promise<T>
        return Promise.reject(
          new SkilletError('INPUT_INVALID', 'This idempotency key was used for another request.', {
            remedy: 'Use a new one.',
          }),
        )
      }
      const answer = work()
      kept.delete(key)
      kept.set(key, { mark, at: now(), answer })
      if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
      answer.catch(() => {
        if (kept.get(key)?.answer === answer) kept.delete(key)
      })
      return answer
    },
  }
}
