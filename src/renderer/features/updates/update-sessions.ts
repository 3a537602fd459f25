import type { SkilletBridge } from '../../../shared/contract/index.ts'
import type { InstallPlan } from '../../../shared/contract/install.ts'
import { ask, toCallFailed, type CallFailed } from '../../bridge.ts'
import {
  createSessionContext,
  createSessionStore,
  useAll,
  useOne,
  type Sessions,
} from '../../session-store.ts'
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

export interface UpdateSessions extends Sessions<UpdateSession> {
  /** Updates one skill, unless it asks for more than was allowed: then it is held. Several run one after the other; where
   * the registry itself is what failed, those that wait are given up. */
  start(skill: { slug: string; title: string }): Promise<UpdateEnd>
  /** Gives one up that waits or runs; the version in place stays. */
  stop(slug: string): void
  /** Forgets held updates that are not among those still to make: they were made, or the skill was removed or pinned. */
  settle(open: readonly { slug: string; updateTo: string }[]): void
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
  const { put, drop, ...sessions } = createSessionStore<UpdateSession>(({ slug }) => slug)
  let last: Promise<unknown> = Promise.resolve()
  const applying = new Map<string, string>()

  const change = (slug: string, to: Partial<UpdateSession>) => {
    const session = sessions.get(slug)
    if (session !== undefined) put({ ...session, ...to })
  }
  const end = (slug: string) => drop((session) => session.slug === slug)
  const isStopping = (slug: string) => sessions.get(slug)?.stopping === true

  const update = async (slug: string): Promise<UpdateEnd> => {
    if (isStopping(slug)) return { end: 'cancelled' }
    change(slug, { state: 'checking' })
    const plan = await ask(bridge, 'install.plan', { slug })
    const { planId } = plan
    if (isStopping(slug)) {
      await ask(bridge, 'install.cancel', { planId })
      return { end: 'cancelled' }
    }
    if (!asksNothing(plan)) return { end: 'held', plan }
    change(slug, { state: 'updating' })
    applying.set(slug, planId)
    const quiet = bridge.on('install.progress', (progress) => {
      if (progress.planId === planId) change(slug, { fraction: overallProgress(progress).fraction })
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
    ...sessions,
    async start({ slug, title }) {
      const earlier = sessions.get(slug)
      if (earlier !== undefined && earlier.state !== 'held') return { end: 'cancelled' }
      put({ slug, title, state: 'waiting', fraction: 0, stopping: false, to: null })
      // One at a time: they would only wait for each other inside.
      const turn = last
        .then(() => update(slug))
        .catch((thrown: unknown) => {
          if (registryFailures.has(toCallFailed(thrown).code))
            for (const one of sessions.all())
              if (one.state === 'waiting') change(one.slug, { stopping: true })
          throw thrown
        })
      last = turn.catch(() => null)
      try {
        const ended = await turn
        if (ended.end === 'held') change(slug, { state: 'held', to: ended.plan.skill.version })
        else end(slug)
        return ended
      } catch (thrown) {
        const error = toCallFailed(thrown)
        const stopped = error.code === 'CANCELLED' || isStopping(slug)
        end(slug)
        return stopped ? { end: 'cancelled' } : { end: 'failed', error }
      }
    },
    stop(slug) {
      const session = sessions.get(slug)
      if (session === undefined || session.stopping) return
      change(slug, { stopping: true })
      const planId = applying.get(slug)
      if (planId === undefined) return
      // If it can no longer be stopped it goes on, and says so by not stopping.
      ask(bridge, 'install.cancel', { planId }).catch(() => change(slug, { stopping: false }))
    },
    settle(open) {
      drop(
        ({ slug, to, state }) =>
          state === 'held' && !open.some((one) => one.slug === slug && one.updateTo === to),
      )
    },
  }
}

export const { SessionsProvider: UpdateSessionsProvider, useSessions: useUpdateSessions } =
  createSessionContext<UpdateSessions>()

/** The update of one skill, if one is under way or held. */
export function useUpdateSession(slug: string): UpdateSession | undefined {
  return useOne(useUpdateSessions(), slug)
}

export function useAllUpdateSessions(): readonly UpdateSession[] {
  return useAll(useUpdateSessions())
}
