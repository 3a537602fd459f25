import { createContext, useContext, useSyncExternalStore } from 'react'
import type { EventOf, SkilletBridge } from '../../../shared/contract/index.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import { ask, toCallFailed, type CallFailed } from '../../bridge.ts'

/** The latest run of a chain, as this window follows it. */
export interface ChainSession {
  readonly chain: string
  /** Null for a run that was under way before this window knew of it. */
  readonly inputs: InputValues | null
  /** Every step is being checked; nothing has been executed. */
  readonly checking: boolean
  readonly stopping: boolean
  /** The whole state as it was told last; null until the first step starts. */
  readonly run: EventOf<'chain.changed'> | null
  /** Why it did not start. */
  readonly refused: CallFailed | null
}

export interface ChainSessions {
  /** Follows main's events until the returned function is called. `onEnd` runs after each run. */
  listen(onEnd: () => void): () => void
  /** With `resume`, steps that were done in that run aren't run again; without inputs, it goes on with those of then. */
  start(chain: string, inputs: InputValues, resume?: string): Promise<void>
  stop(chain: string): Promise<void>
  get(chain: string): ChainSession | undefined
  readonly all: () => readonly ChainSession[]
  readonly subscribe: (onChange: () => void) => () => void
}

/** Keeps the latest run of every chain while the window is open, so that a person can look elsewhere and come back. */
export function createChainSessions(bridge: SkilletBridge): ChainSessions {
  let sessions: ReadonlyMap<string, ChainSession> = new Map()
  let list: readonly ChainSession[] = []
  const listeners = new Set<() => void>()
  let onEnd = () => {}

  const put = (session: ChainSession) => {
    sessions = new Map(sessions).set(session.chain, session)
    list = [...sessions.values()]
    for (const listener of listeners) listener()
  }
  const isUnderWay = (chain: string) => {
    const session = sessions.get(chain)
    return session !== undefined && (session.checking || session.run?.state === 'running')
  }
  const askToStop = async (chain: string, runId: string) => {
    try {
      await ask(bridge, 'chain.stop', { runId })
    } catch {
      // It goes on, and says so by not stopping.
      const session = sessions.get(chain)
      if (session?.run?.state === 'running') put({ ...session, stopping: false })
    }
  }

  return {
    listen(ended) {
      onEnd = ended
      return bridge.on('chain.changed', (run) => {
        const session = sessions.get(run.chain)
        const running = run.state === 'running'
        const stopping = running && session?.stopping === true
        put({
          chain: run.chain,
          inputs: session?.inputs ?? null,
          checking: false,
          stopping,
          run,
          refused: null,
        })
        // Stop was pressed before the run had a name to stop it by.
        if (stopping && session?.run?.runId !== run.runId) void askToStop(run.chain, run.runId)
        if (!running) onEnd()
      })
    },
    async start(chain, inputs, resume) {
      if (isUnderWay(chain)) return
      const entered =
        resume !== undefined && Object.keys(inputs).length === 0
          ? (sessions.get(chain)?.inputs ?? null)
          : inputs
      put({ chain, inputs: entered, checking: true, stopping: false, run: null, refused: null })
      try {
        await ask(bridge, 'chain.start', { id: chain, inputs, resume: resume ?? null })
      } catch (error) {
        put({
          chain,
          inputs: entered,
          checking: false,
          stopping: false,
          run: sessions.get(chain)?.run ?? null,
          refused: toCallFailed(error),
        })
        onEnd()
      }
    },
    async stop(chain) {
      const session = sessions.get(chain)
      if (session === undefined || session.stopping || !isUnderWay(chain)) return
      put({ ...session, stopping: true })
      if (session.run?.state === 'running') await askToStop(chain, session.run.runId)
    },
    get: (chain) => sessions.get(chain),
    all: () => list,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}

const ChainSessionsContext = createContext<ChainSessions | null>(null)
export const ChainSessionsProvider = ChainSessionsContext.Provider

export function useChainSessions(): ChainSessions {
  const sessions = useContext(ChainSessionsContext)
  if (sessions === null) throw new Error('ChainSessionsProvider is missing above this component')
  return sessions
}

/** The latest run of a chain in this window. */
export function useChainSession(chain: string): ChainSession | undefined {
  const sessions = useChainSessions()
  return useSyncExternalStore(sessions.subscribe, () => sessions.get(chain))
}

export function useRunningChains(): number {
  const sessions = useChainSessions()
  return useSyncExternalStore(sessions.subscribe, sessions.all).filter(
    ({ checking, run }) => checking || run?.state === 'running',
  ).length
}
