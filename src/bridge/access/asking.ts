import type { Engine } from '../../engine/api.ts'
import type { Journal } from '../../engine/ports.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Agent } from '../operations/operation.ts'
import type { createRate } from './rate.ts'
import type { RequestBook } from './request-book.ts'
import type { StoredRequest, Wish } from './stored-request.ts'

/** With what each kind of request does its work. */
export interface AskingPorts {
  readonly book: RequestBook
  /** Skillet's own folder. */
  readonly home: string
  readonly engine: () => Promise<Engine>
  readonly journal: Journal
  /** How often an agent may ask for what has to be looked up first. */
  readonly rate: ReturnType<typeof createRate>
}

/** What all kinds of requests have in common. */
export interface Asking extends AskingPorts {
  /** @throws SkilletError RATE_LIMITED */
  take(agent: Agent, words: string): void
  /** Notes the wish, and in the journal that somebody asked, unless the same stands there already. */
  ask(agent: Agent, wish: Wish, idempotencyKey: string | null, text: string): Promise<StoredRequest>
  /** @throws SkilletError NOT_FOUND for one that doesn't wait any more, or is of another kind than what is allowed */
  answer(...answer: Parameters<RequestBook['answer']>): Promise<StoredRequest>
  note(
    event: 'agent.asked' | 'agent.answered',
    request: StoredRequest,
    text: string,
    more?: object,
  ): Promise<void>
}

export function createAsking(ports: AskingPorts): Asking {
  const { book, journal, rate } = ports
  const note: Asking['note'] = async (event, { slug, id, agentId, version }, text, more = {}) => {
    await journal.append(event, slug, text, { request: id, agent: agentId, version, ...more })
  }
  return {
    ...ports,
    note,
    take(agent, words) {
      if (!rate.take(agent.id)) throw new SkilletError('RATE_LIMITED', words)
    },
    async ask(agent, wish, idempotencyKey, text) {
      const { request, isNew } = await book.add(agent, wish, { idempotencyKey, done: false })
      if (isNew) await note('agent.asked', request, text)
      return request
    },
    async answer(id, state, also) {
      const answered = await book.answer(id, state, also)
      if (answered === null)
        throw new SkilletError('NOT_FOUND', 'This request does not wait for an answer any more.', {
          remedy: 'Have the agent ask again.',
        })
      return answered
    },
  }
}
