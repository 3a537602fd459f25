import { randomUUID } from 'node:crypto'
import { SkilletError } from '../../shared/errors.ts'
import type { Agent } from '../operations/operation.ts'
import { createBook } from './book.ts'
import { rememberedFolder } from './given-paths.ts'
import {
  answerMs,
  atTime,
  isSameWish,
  requestsFileSchema,
  standsFor,
  startMs,
  type RequestsFile,
  type StoredRequest,
  type Wish,
} from './stored-request.ts'

const maxWaiting = { ofAgent: 3, together: 10 }
/** Remembered ones of one agent; the oldest that were answered are forgotten first. */
const maxOfAgent = 50
const maxFolders = 200

export interface RequestBook {
  read(): Promise<RequestsFile>
  /**
   * Notes a wish, unless the same stands there already; `isNew` says which. `done`: nobody has to be asked.
   * @throws SkilletError RATE_LIMITED, INPUT_INVALID for a key that was used for something else
   */
  add(
    agent: Agent,
    wish: Wish,
    options: { idempotencyKey: string | null; done: boolean },
  ): Promise<{ request: StoredRequest; isNew: boolean }>
  /**
   * Answers one that waits; null where it doesn't any more, or where what is approved is of another kind than `kind`.
   * `folder`: more files from there need no answer. `days`: less than was asked for.
   */
  answer(
    id: string,
    state: 'approved' | 'denied' | 'expired' | 'done',
    also?: { kind?: 'run' | 'share' | 'publish'; folder?: boolean; days?: number },
  ): Promise<StoredRequest | null>
  /** Takes an approval of this agent's, if there is such a one: nobody gets it twice. */
  useApproval(agent: Agent, isIt: (one: StoredRequest) => boolean): Promise<StoredRequest | null>
  /** What became of one that was approved. */
  settle(
    id: string,
    end: Pick<StoredRequest, 'state' | 'error' | 'submission'>,
  ): Promise<StoredRequest | null>
  /** Everything of an agent. */
  drop(agentId: string): Promise<void>
  onChange(listener: () => void): () => void
}

export function createRequestBook({ file, now }: { file: string; now: () => Date }): RequestBook {
  const book = createBook({
    file,
    schema: () => requestsFileSchema,
    empty: { schema: 1, requests: [], folders: [] },
  })
  const at = () => now().toISOString()
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString()
  const current = (content: RequestsFile) => atTime(content, now().getTime())

  return {
    read: async () => current(await book.read()),
    async add(agent, wish, { idempotencyKey, done }) {
      const added = await book.change<SkilletError | { request: StoredRequest; isNew: boolean }>((before) => {
        const content = current(before)
        const own = content.requests.filter(({ agentId }) => agentId === agent.id)
        const sameKey =
          idempotencyKey === null ? undefined : own.find((one) => one.idempotencyKey === idempotencyKey)
        if (sameKey !== undefined && !isSameWish(sameKey, wish))
          return [
            content,
            new SkilletError('INPUT_INVALID', 'This idempotency key was used for another request.'),
          ]
        const same =
          sameKey ??
          own.find((one) =>
            done ? one.state === 'done' && isSameWish(one, wish) : standsFor(one, wish, now().getTime()),
          )
        if (same !== undefined) return [content, { request: same, isNew: false }]
        const waiting = content.requests.filter(({ state }) => state === 'pending')
        const ofAgent = waiting.filter(({ agentId }) => agentId === agent.id).length
        if (!done && (ofAgent >= maxWaiting.ofAgent || waiting.length >= maxWaiting.together))
          return [
            content,
            new SkilletError('RATE_LIMITED', 'Too many requests wait for the person already.', {
              remedy: 'Wait until they are answered in Skillet.',
            }),
          ]
        const request: StoredRequest = {
          ...wish,
          id: randomUUID(),
          state: done ? 'done' : 'pending',
          askedAt: at(),
          expiresAt: done ? at() : later(answerMs[wish.kind]),
          answeredAt: done ? at() : null,
          submission: null,
          error: null,
          agentId: agent.id,
          agentName: agent.name,
          idempotencyKey,
        }
        const [oldest] = own.filter(({ state }) => state !== 'pending' && state !== 'approved')
        const kept = content.requests.filter((one) => own.length < maxOfAgent || one !== oldest)
        return [
          { ...content, requests: [...kept, request] },
          { request, isNew: true },
        ]
      })
      if (added instanceof SkilletError) throw added
      return added
    },
    answer: (id, state, { kind, folder = false, days } = {}) =>
      book.change((before) => {
        const content = current(before)
        const one = content.requests.find((each) => each.id === id && each.state === 'pending')
        // Nobody approves an install but by installing it, and an answer to one thing is none to another.
        if (one === undefined || (state === 'approved' && one.kind !== kind)) return [content, null]
        const answered: StoredRequest = {
          ...one,
          state,
          answeredAt: at(),
          ...(days === undefined ? {} : { days }),
          ...(state === 'approved' && kind !== undefined ? { expiresAt: later(startMs[kind]) } : {}),
        }
        const folders = folder ? one.paths.flatMap((path) => rememberedFolder(path) ?? []) : []
        const { agentId, slug } = one
        return [
          {
            ...content,
            requests: content.requests.map((each) => (each === one ? answered : each)),
            folders: [
              ...content.folders,
              ...folders.map((place) => ({ agentId, slug, folder: place })),
            ].slice(-maxFolders),
          },
          answered,
        ]
      }),
    useApproval: (agent, isIt) =>
      book.change((before) => {
        const content = current(before)
        const one = content.requests.find(
          (each) => each.agentId === agent.id && each.state === 'approved' && isIt(each),
        )
        if (one === undefined) return [content, null]
        const used: StoredRequest = { ...one, state: 'done', answeredAt: at() }
        return [{ ...content, requests: content.requests.map((each) => (each === one ? used : each)) }, used]
      }),
    settle: (id, end) =>
      book.change((content) => {
        const one = content.requests.find((each) => each.id === id && each.state !== 'pending')
        // The agent was removed in the meantime.
        if (one === undefined) return [content, null]
        const settled: StoredRequest = { ...one, ...end, answeredAt: at() }
        return [
          { ...content, requests: content.requests.map((each) => (each === one ? settled : each)) },
          settled,
        ]
      }),
    drop: (agentId) =>
      book.change((content) => [
        {
          ...content,
          requests: content.requests.filter((one) => one.agentId !== agentId),
          folders: content.folders.filter((one) => one.agentId !== agentId),
        },
        undefined,
      ]),
    onChange: (listener) => book.onChange(listener),
  }
}
