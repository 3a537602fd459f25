import type { EventOf, SkilletBridge } from '../../../shared/contract/index.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import type { PlainError } from '../../../shared/errors.ts'
import type { RunResult } from '../../../shared/receipt.ts'
import { ask, CallFailed, toCallFailed } from '../../bridge.ts'
import {
  createSessionContext,
  createSessionStore,
  useAll,
  useOne,
  type Sessions,
} from '../../session-store.ts'

/** Output of one stream until the other one speaks. */
export interface Chunk {
  stream: 'stdout' | 'stderr'
  text: string
}

/** One run of a skill, as the window follows it. Times in milliseconds since the epoch. */
export interface Session {
  readonly slug: string
  readonly runId: string | null
  readonly inputs: InputValues
  readonly startedAt: number
  readonly chunks: readonly Chunk[]
  /** Earlier output was dropped from the screen; the result still has all of it. */
  readonly trimmed: boolean
  readonly stopping: boolean
  readonly state: 'running' | 'finished' | 'refused'
  readonly result: RunResult | null
  readonly error: CallFailed | null
}

export interface RunSessions extends Sessions<Session> {
  /** Follows main's events until the returned function is called. `onEnd` runs after each run. */
  listen(onEnd: () => void): () => void
  start(slug: string, inputs: InputValues): Promise<void>
  stop(slug: string): Promise<void>
}

const shownCharacters = 400_000

/**
 * Keeps the latest run of every skill while the window is open, so that a person can look elsewhere and come back.
 * Events may arrive before `run.start` has answered: they wait under their run id.
 */
export function createRunSessions(bridge: SkilletBridge, now: () => number = Date.now): RunSessions {
  const { put, ...sessions } = createSessionStore<Session>(({ slug }) => slug)
  const waiting = new Map<string, (EventOf<'run.output'> | EventOf<'run.finished'>)[]>()
  let onEnd = () => {}

  const byRun = (runId: string) => sessions.all().find((session) => session.runId === runId)

  const isStarting = () => sessions.all().some(({ state, runId }) => state === 'running' && runId === null)

  const receive = (event: EventOf<'run.output'> | EventOf<'run.finished'>) => {
    const session = byRun(event.runId)
    if (session === undefined) {
      // Nothing here has asked for it: no answer will ever come to name it.
      if (!isStarting()) return
      waiting.set(event.runId, [...(waiting.get(event.runId) ?? []), event])
      return
    }
    if ('stream' in event) {
      put({ ...session, ...appendChunk(session, { stream: event.stream, text: event.text }) })
      return
    }
    put({
      ...session,
      stopping: false,
      state: event.error === null ? 'finished' : 'refused',
      result: event.result,
      error: event.error === null ? null : new CallFailed(event.error as PlainError),
    })
    onEnd()
  }

  const askToStop = async (slug: string, runId: string) => {
    try {
      await ask(bridge, 'run.stop', { runId })
    } catch (error) {
      const still = sessions.get(slug)
      // A run that ended in the meantime needs no stopping.
      if (still?.state === 'running') put({ ...still, stopping: false, error: toCallFailed(error) })
    }
  }

  return {
    ...sessions,
    listen(ended) {
      onEnd = ended
      const quiet = [bridge.on('run.output', receive), bridge.on('run.finished', receive)]
      return () => {
        for (const each of quiet) each()
      }
    },
    async start(slug, inputs) {
      if (sessions.get(slug)?.state === 'running') return
      const session: Session = {
        slug,
        runId: null,
        inputs,
        startedAt: now(),
        chunks: [],
        trimmed: false,
        stopping: false,
        state: 'running',
        result: null,
        error: null,
      }
      put(session)
      try {
        const { runId } = await ask(bridge, 'run.start', { slug, inputs })
        put({ ...(sessions.get(slug) ?? session), runId })
        const early = waiting.get(runId) ?? []
        waiting.delete(runId)
        if (!isStarting()) waiting.clear()
        for (const event of early) receive(event)
        // Stop was pressed before the run had a name to stop it by.
        const begun = sessions.get(slug)
        if (begun?.state === 'running' && begun.stopping) await askToStop(slug, runId)
      } catch (error) {
        put({ ...session, state: 'refused', error: toCallFailed(error) })
        onEnd()
      }
    },
    async stop(slug) {
      const session = sessions.get(slug)
      if (session?.state !== 'running' || session.stopping) return
      put({ ...session, stopping: true })
      if (session.runId !== null) await askToStop(slug, session.runId)
    },
  }
}

function appendChunk(session: Session, chunk: Chunk): Pick<Session, 'chunks' | 'trimmed'> {
  const last = session.chunks.at(-1)
  const chunks =
    last?.stream === chunk.stream
      ? [...session.chunks.slice(0, -1), { ...last, text: last.text + chunk.text }]
      : [...session.chunks, chunk]
  let excess = chunks.reduce((sum, each) => sum + each.text.length, 0) - shownCharacters
  if (excess <= 0) return { chunks, trimmed: session.trimmed }
  while (excess > 0 && chunks[0] !== undefined) {
    const first = chunks[0]
    if (first.text.length <= excess) chunks.shift()
    else chunks[0] = { ...first, text: first.text.slice(excess) }
    excess -= first.text.length
  }
  return { chunks, trimmed: true }
}

export const { SessionsProvider: RunSessionsProvider, useSessions: useRunSessions } =
  createSessionContext<RunSessions>()

/** The latest run of a skill in this window. */
export function useSession(slug: string): Session | undefined {
  return useOne(useRunSessions(), slug)
}

export function useRunningSkills(): string[] {
  return useAll(useRunSessions())
    .filter((session) => session.state === 'running')
    .map((session) => session.slug)
}

export function useRunningCount(): number {
  return useRunningSkills().length
}
