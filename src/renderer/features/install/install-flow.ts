import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { InstallPlan, InstallProgress } from '../../../shared/contract/install.ts'
import { ask, toCallFailed, useBridge, type CallFailed } from '../../bridge.ts'
import { refresh, staleAfter } from '../../query.ts'
import { baseName } from '../../ui/format.ts'
import { useTryAgain } from '../authority/try-again.ts'
import { decisionsOf, keysToEnter, type Answers, type TypedKeys } from './answers.ts'

export type Stage =
  | { at: 'checking' }
  | { at: 'asking'; plan: InstallPlan }
  | { at: 'installing'; plan: InstallPlan; progress: InstallProgress | null; stopping: boolean }
  | { at: 'done'; plan: InstallPlan }
  | { at: 'failed'; plan: InstallPlan | null; error: CallFailed }

/** What to install: a skill of the catalog, for which a plan may be at hand, or a `.skillet` file. */
export type InstallTarget =
  { slug: string; title: string; version?: string; plan?: InstallPlan } | { path: string }

/** How an installation ended for whoever opened it. `kept`: an update was refused, the version in place stays. */
export type Outcome = 'installed' | 'refused' | 'kept' | 'cancelled'

/** What is being installed, as people read it: a file's name until the file has said more. */
export function titleOf(target: InstallTarget, plan: InstallPlan | null): string {
  return plan?.skill.title ?? ('path' in target ? baseName(target.path) : target.title)
}

export interface InstallFlow {
  stage: Stage
  /** `unseen`: names of keys that the skill is to use without holding them. */
  install: (answers: Answers, keys: TypedKeys, unseen: ReadonlySet<string>) => Promise<void>
  /** Tells main about the denial, so that it is remembered, and closes. */
  refuse: (answers: Answers) => Promise<void>
  retry: () => void
  /** Leaves at any step. While files are being written it waits until main has undone them. */
  leave: () => void
}

/** The way from "Install" to the Library, one stage after the other. `onClose` is called once, at the end. */
export function useInstallFlow(
  target: InstallTarget,
  onClose: (outcome: Outcome, title: string) => void,
): InstallFlow {
  const bridge = useBridge()
  const client = useQueryClient()
  const { tryAgain } = useTryAgain()
  const ready = 'plan' in target ? target.plan : undefined
  const [stage, setStage] = useState<Stage>(
    ready === undefined ? { at: 'checking' } : { at: 'asking', plan: ready },
  )
  // Zero: with the plan that is at hand already.
  const [attempt, setAttempt] = useState(ready === undefined ? 1 : 0)
  const gone = useRef(false)
  const stopping = useRef(false)
  const applying = useRef(false)

  // A plan that main has forgotten already needs no cancelling, so a failure here changes nothing for the person.
  const discard = useCallback(
    (planId: string) => ask(bridge, 'install.cancel', { planId }).catch(() => null),
    [bridge],
  )
  const close = (outcome: Outcome) => {
    if (gone.current) return
    gone.current = true
    onClose(outcome, titleOf(target, stage.at === 'checking' ? null : stage.plan))
  }

  useEffect(() => {
    if (attempt === 0) return undefined
    let current = true
    const planning =
      'path' in target
        ? ask(bridge, 'install.planFile', { path: target.path })
        : ask(bridge, 'install.plan', {
            slug: target.slug,
            ...(target.version === undefined ? {} : { version: target.version }),
          })
    planning.then(
      (plan) => {
        if (current && !gone.current) setStage({ at: 'asking', plan })
        else void discard(plan.planId)
      },
      (error: unknown) => {
        if (current) setStage({ at: 'failed', plan: null, error: toCallFailed(error) })
      },
    )
    return () => {
      current = false
    }
  }, [bridge, target, attempt, discard])

  // Whatever takes the dialog away takes its plan along; what is being written goes on.
  const unanswered = stage.at === 'asking' || stage.at === 'failed' ? (stage.plan?.planId ?? null) : null
  const leftBehind = useRef(unanswered)
  useEffect(() => {
    leftBehind.current = unanswered
  }, [unanswered])
  useEffect(
    () => () => {
      if (!gone.current && leftBehind.current !== null) void discard(leftBehind.current)
    },
    [discard],
  )

  const apply = async (plan: InstallPlan, answers: Answers) =>
    ask(bridge, 'install.apply', { planId: plan.planId, decisions: decisionsOf(plan.asks, answers) })

  const install = async (answers: Answers, keys: TypedKeys, unseen: ReadonlySet<string>) => {
    if (stage.at !== 'asking') return
    const { plan } = stage
    stopping.current = false
    applying.current = false
    setStage({ at: 'installing', plan, progress: null, stopping: false })
    const quiet = bridge.on('install.progress', (progress) => {
      if (progress.planId !== plan.planId) return
      setStage((now) => (now.at === 'installing' ? { ...now, progress } : now))
    })
    try {
      for (const secret of keysToEnter(plan, answers)) {
        if (stopping.current) break
        const value = (keys[secret.name] ?? '').trim()
        if (value !== '') await ask(bridge, 'secrets.set', { name: secret.name, skill: null, value })
        const { name } = secret
        if (unseen.has(name))
          await ask(bridge, 'secrets.setUnseen', { slug: plan.skill.slug, name, unseen: true })
      }
      if (stopping.current) {
        await discard(plan.planId)
        close('cancelled')
        return
      }
      applying.current = true
      await apply(plan, answers)
      setStage({ at: 'done', plan })
    } catch (error) {
      const failed = toCallFailed(error)
      if (failed.code === 'CANCELLED' || stopping.current) {
        // A key that could not be stored leaves the plan behind.
        if (!applying.current) await discard(plan.planId)
        close('cancelled')
      } else setStage({ at: 'failed', plan, error: failed })
    } finally {
      quiet()
      await refresh(client, staleAfter.install)
    }
  }

  const refuse = async (answers: Answers) => {
    if (stage.at !== 'asking') return
    const { plan } = stage
    try {
      await apply(plan, answers)
    } catch (error) {
      const failed = toCallFailed(error)
      // Main answers a denial with exactly this; anything else means that it was not remembered.
      if (failed.code !== 'PERMISSION_DENIED') {
        setStage({ at: 'failed', plan, error: failed })
        return
      }
    }
    await refresh(client, staleAfter.install)
    close(plan.replaces === null ? 'refused' : 'kept')
  }

  const leave = () => {
    if (stage.at === 'installing') {
      if (stopping.current) return
      stopping.current = true
      setStage({ ...stage, stopping: true })
      // While a key is being stored, `install` itself gives the plan back instead of applying it.
      if (!applying.current) return
      // If it can no longer be stopped the installation goes on, and the window says how it ends.
      ask(bridge, 'install.cancel', { planId: stage.plan.planId }).catch(() => {
        stopping.current = false
        setStage((now) => (now.at === 'installing' ? { ...now, stopping: false } : now))
      })
      return
    }
    if ((stage.at === 'asking' || stage.at === 'failed') && stage.plan !== null)
      void discard(stage.plan.planId)
    close(stage.at === 'done' ? 'installed' : 'cancelled')
  }

  const retry = () => {
    if (stage.at === 'failed' && stage.plan !== null) void discard(stage.plan.planId)
    const error = stage.at === 'failed' ? stage.error : null
    setStage({ at: 'checking' })
    void tryAgain(error, () => setAttempt((turn) => turn + 1))
  }

  return { stage, install, refuse, retry, leave }
}
