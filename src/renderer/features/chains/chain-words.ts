import { t } from '../../../shared/i18n/t.ts'
import type { Chain, ChainRun, StepResult } from '../../../shared/contract/chains.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { SkillInput } from '../../../shared/skill-manifest.ts'
import { hrefs } from '../../route.ts'
import type { Tone } from '../../ui/badge.tsx'
import { formatDuration, joinList } from '../../ui/format.ts'

/** A step's skill as people read it; where it isn't installed, its short name in words. */
export function stepTitle({ title, slug }: { title?: string | null; slug: string }): string {
  if (title !== null && title !== undefined) return title
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A chain's inputs in the form that a skill's form takes. */
export function formInputs({ inputs }: Pick<Chain, 'inputs'>): Record<string, SkillInput> {
  return Object.fromEntries(
    inputs.map(({ name, type, title, required }): [string, SkillInput] => {
      switch (type) {
        case 'file':
          return [name, { type, title, required, extensions: [] }]
        case 'string':
          return [name, { type, title, required, multiline: false }]
        case 'number':
        case 'boolean':
          return [name, { type, title, required }]
      }
    }),
  )
}

/** What puts a step right, from here. */
export type StepAction = { kind: 'install' | 'allow' } | { kind: 'link'; label: string; href: string }

export function stepAction(code: ErrorCode, slug: string): StepAction {
  switch (code) {
    case 'NOT_INSTALLED':
      return { kind: 'install' }
    case 'PERMISSION_DENIED':
      return { kind: 'allow' }
    case 'SECRET_MISSING':
      return { kind: 'link', label: t('Open Keys'), href: hrefs.keys }
    case 'POLICY_DENIED':
    case 'POLICY_INVALID':
      return { kind: 'link', label: t('Limits in Settings'), href: hrefs.settings }
    case 'SANDBOX_UNAVAILABLE':
    case 'RUNNING_AS_ROOT':
    case 'KEYCHAIN_UNAVAILABLE':
      return { kind: 'link', label: t('Open Settings'), href: hrefs.settings }
    case 'INTEGRITY_BROKEN':
    case 'REVOKED':
    case 'STORE_DAMAGED':
      return { kind: 'link', label: t('Open Library'), href: hrefs.library }
    case 'INCOMPATIBLE':
      return { kind: 'link', label: t('See why'), href: hrefs.skill(slug, { tab: 'computer' }) }
    default:
      return { kind: 'link', label: t('Look at the skill'), href: hrefs.skill(slug) }
  }
}

/** How many steps of a run are done, whether now or in the run that it went on from. */
export function doneSteps(steps: readonly Pick<StepResult, 'state'>[]): number {
  return steps.filter(({ state }) => state === 'done' || state === 'kept').length
}

/** The number, from 1, of the step from which an ended run can go on; null where nothing is left or nothing was done. */
export function goOnFrom(run: Pick<ChainRun, 'state' | 'steps'>): number | null {
  if (run.state === 'running' || run.state === 'done') return null
  const next = run.steps.findIndex(({ state }) => state !== 'done' && state !== 'kept')
  return next > 0 ? next + 1 : null
}

export function runWords(run: Pick<ChainRun, 'state' | 'steps'>): { tone: Tone; title: string } {
  const { steps } = run
  const took = formatDuration(steps.reduce((sum, { durationMs }) => sum + durationMs, 0))
  const done = doneSteps(steps)
  switch (run.state) {
    case 'running':
      return {
        tone: 'neutral',
        title: t('Step {{step}} of {{all}}', {
          step: Math.min(done + 1, steps.length),
          all: steps.length,
        }),
      }
    case 'done':
      return { tone: 'ok', title: t('Finished in {{took}}', { took }) }
    case 'stopped':
      return {
        tone: 'neutral',
        title: t('Stopped by you at step {{step}} of {{all}}', {
          step: Math.min(done + 1, steps.length),
          all: steps.length,
        }),
      }
    case 'failed':
      return {
        tone: 'bad',
        title: t('Ended at step {{step}} of {{all}}', {
          step: Math.min(done + 1, steps.length),
          all: steps.length,
        }),
      }
  }
}

/** What keeps a chain from running, in one sentence; null where nothing does. */
export function notReadyWords(chain: Pick<Chain, 'steps'>): string | null {
  const waiting = chain.steps.filter(({ problem }) => problem !== null)
  if (waiting.length === 0) return null
  const names = [...new Set(waiting.map(stepTitle))]
  return names.length > 2
    ? t('{{count}} steps can’t run yet.', { count: waiting.length })
    : t('{{title}} can’t run yet.', { title: joinList(names) })
}
