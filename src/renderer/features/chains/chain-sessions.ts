import type { EventOf, SkilletBridge } from '../../../shared/contract/index.ts'
import type { InputValues } from '../../../shared/contract/library.ts'
import { ask, toCallFailed, type CallFailed } from '../../bridge.ts'
import {
  createSessionContext,
  createSessionStore,
  useAll,
  useOne,
  type Sessions,
} from '../../session-store.ts'

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

export interface ChainSessions extends Sessions<ChainSession> {
  /** Follows main's events until the returned function is called. `onEnd` runs after each run. */
  listen(onEnd: () => void): () => void
  /** With `resume`, steps that were done in that run aren't run again; without inputs, it goes on with those of then. */
  start(chain: string, inputs: InputValues, resume?: string): Promise<void>
  stop(chain: string): Promise<void>
}

/** Keeps the latest run of every chain while the window is open, so that a person can look elsewhere and come back. */
export function createChainSessions(bridge: SkilletBridge): ChainSessions {
  const { put, ...sessions } = createSessionStore<ChainSession>(({ chain }) => chain)
  let onEnd = () => {}

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
    ...sessions,
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
  }
}

export const { SessionsProvider: ChainSessionsProvider, useSessions: useChainSessions } =
  createSessionContext<ChainSessions>()

/** The latest run of a chain in this window. */
export function useChainSession(chain: string): ChainSession | undefined {
  return useOne(useChainSessions(), chain)
}

export function useRunningChains(): number {
  return useAll(useChainSessions()).filter(({ checking, run }) => checking || run?.state === 'running').length
}
