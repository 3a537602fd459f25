import { createContext, useContext, useSyncExternalStore } from 'react'
import type { SkilletBridge } from '../../../shared/contract/index.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { ask, toCallFailed, type CallFailed } from '../../bridge.ts'
import { registryFailures } from '../authority/try-again.ts'
import { decisionsOf } from '../install/answers.ts'
import { overallProgress } from '../install/install-steps.ts'

/** One update as the window follows it. It needs nobody unless it is `held`. */
export interface UpdateSession {
  readonly slug: string
  readonly title: string
  readonly state: 'waiting' | 'checking' | 'updating' | 'held'
  /** How far it is, from 0 to 1. */
  readonly fraction: number
  readonly stopping: boolean
  /** The version that is held. */
  readonly to: string | null
}

/** How an update ended. A held one hands its plan over: whoever takes it applies or cancels it. */
export type UpdateEnd =
  | { end: 'updated'; from: string | null; to: string }
  | { end: 'held'; plan: InstallPlan }
  | { end: 'failed'; error: CallFailed }
  | { end: 'cancelled' }

export interface UpdateSessions {
  /** Updates one skill, unless it asks for more than was allowed: then it is held. Several run one after the other; where
   * the registry itself is what failed, those that wait are given up. */
  start(skill: { slug: string; title: string }): Promise<UpdateEnd>
  /** Gives one up that waits or runs; the version in place stays. */
  stop(slug: string): void
  /** Forgets held updates that are not among those still to make: they were made, or the skill was removed or pinned. */
  settle(open: readonly { slug: string; updateTo: string }[]): void
  get(slug: string): UpdateSession | undefined
  readonly all: () => readonly UpdateSession[]
  readonly subscribe: (onChange: () => void) => () => void
}

/** Whether an update may go ahead without asking: it is newer, asks for nothing new, and what it needs is there. */
export function asksNothing(plan: InstallPlan): boolean {
  return (
    plan.changes !== null &&
    !plan.older &&
    !plan.changes.widens &&
    plan.asks.every((one) => one.decided === 'allow') &&
    plan.secrets.every((secret) => secret.present || !secret.required)
  )
}

export function createUpdateSessions(bridge: SkilletBridge): UpdateSessions {
  let sessions: ReadonlyMap<string, UpdateSession> = new Map()
  let list: readonly UpdateSession[] = []
  let last: Promise<unknown> = Promise.resolve()
  const applying = new Map<string, string>()
  const listeners = new Set<() => void>()

  const publish = (next: ReadonlyMap<string, UpdateSession>) => {
    sessions = next
    list = [...next.values()]
    for (const listener of listeners) listener()
  }
  const put = (slug: string, change: Partial<UpdateSession>) => {
    const session = sessions.get(slug)
    if (session !== undefined) publish(new Map(sessions).set(slug, { ...session, ...change }))
  }
  const drop = (slug: string) => {
    const next = new Map(sessions)
    next.delete(slug)
    publish(next)
  }
  const isStopping = (slug: string) => sessions.get(slug)?.stopping === true

  const update = async (slug: string): Promise<UpdateEnd> => {
    if (isStopping(slug)) return { end: 'cancelled' }
    put(slug, { state: 'checking' })
    const plan = await ask(bridge, 'install.plan', { slug })
    const { planId } = plan
    if (isStopping(slug)) {
      await ask(bridge, 'install.cancel', { planId })
      return { end: 'cancelled' }
    }
    if (!asksNothing(plan)) return { end: 'held', plan }
    put(slug, { state: 'updating' })
    applying.set(slug, planId)
    const quiet = bridge.on('install.progress', (progress) => {
      if (progress.planId === planId) put(slug, { fraction: overallProgress(progress).fraction })
    })
    try {
      const { version } = await ask(bridge, 'install.apply', {
        planId,
        decisions: decisionsOf(plan.asks, {}),
      })
      return { end: 'updated', from: plan.replaces, to: version }
    } finally {
      quiet()
      applying.delete(slug)
    }
  }

  return {
    async start({ slug, title }) {
      const earlier = sessions.get(slug)
      if (earlier !== undefined && earlier.state !== 'held') return { end: 'cancelled' }
      publish(
        new Map(sessions).set(slug, {
          slug,
          title,
          state: 'waiting',
          fraction: 0,
          stopping: false,
          to: null,
        }),
      )
      // One at a time: they would only wait for each other inside.
      const turn = last
        .then(() => update(slug))
        .catch((thrown: unknown) => {
          if (registryFailures.has(toCallFailed(thrown).code))
            for (const one of list) if (one.state === 'waiting') put(one.slug, { stopping: true })
          throw thrown
        })
      last = turn.catch(() => null)
      try {
        const ended = await turn
        if (ended.end === 'held') put(slug, { state: 'held', to: ended.plan.skill.version })
        else drop(slug)
        return ended
      } catch (thrown) {
        const error = toCallFailed(thrown)
        const stopped = error.code === 'CANCELLED' || isStopping(slug)
        drop(slug)
        return stopped ? { end: 'cancelled' } : { end: 'failed', error }
      }
    },
    stop(slug) {
      const session = sessions.get(slug)
      if (session === undefined || session.stopping) return
      put(slug, { stopping: true })
      const planId = applying.get(slug)
      if (planId === undefined) return
      // If it can no longer be stopped it goes on, and says so by not stopping.
      ask(bridge, 'install.cancel', { planId }).catch(() => put(slug, { stopping: false }))
    },
    settle(open) {
      const answered = ({ slug, to, state }: UpdateSession) =>
        state === 'held' && !open.some((one) => one.slug === slug && one.updateTo === to)
      if (list.some(answered)) publish(new Map([...sessions].filter(([, session]) => !answered(session))))
    },
    get: (slug) => sessions.get(slug),
    all: () => list,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
  }
}

const UpdateSessionsContext = createContext<UpdateSessions | null>(null)
export const UpdateSessionsProvider = UpdateSessionsContext.Provider

export function useUpdateSessions(): UpdateSessions {
  const sessions = useContext(UpdateSessionsContext)
  if (sessions === null) throw new Error('UpdateSessionsProvider is missing above this component')
  return sessions
}

/** The update of one skill, if one is under way or held. */
export function useUpdateSession(slug: string): UpdateSession | undefined {
  const sessions = useUpdateSessions()
  return useSyncExternalStore(sessions.subscribe, () => sessions.get(slug))
}

export function useAllUpdateSessions(): readonly UpdateSession[] {
  const sessions = useUpdateSessions()
  return useSyncExternalStore(sessions.subscribe, sessions.all)
}
