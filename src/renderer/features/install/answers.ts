import type { Decision, InstallPlan, Life } from '../../../shared/contract/install.ts'
import type { Capability } from '../../../shared/capability.ts'

type Ask = Pick<InstallPlan['asks'][number], 'capability' | 'scope' | 'decided'>

/** An answer given now, and how long an `allow` counts. */
export interface Answer {
  decision: Decision
  life: Life
}
/** Answers given so far, by question. */
export type Answers = Readonly<Record<string, Answer>>
/** Keys typed so far, by name. */
export type TypedKeys = Readonly<Record<string, string>>

/** A question is the same one only while it asks for the same thing. */
export function questionId(ask: Pick<Ask, 'capability' | 'scope'>): string {
  return JSON.stringify([ask.capability, ask.scope])
}

/** The answer to a question: given now, or an earlier one that still stands; null when it is open. */
export function answerTo(ask: Ask, answers: Answers): Decision | null {
  return answers[questionId(ask)]?.decision ?? ask.decided
}

/** Keys that the person is asked for now: none of them when using keys was not allowed. */
export function keysToEnter(plan: InstallPlan, answers: Answers): InstallPlan['secrets'] {
  const use = plan.asks.find((ask) => ask.capability === 'env:read')
  if (use !== undefined && answerTo(use, answers) !== 'allow') return []
  return plan.secrets.filter((secret) => !secret.present)
}

export interface Readiness {
  openQuestions: number
  denied: InstallPlan['asks']
  missingKeys: string[]
  /** Everything is answered and allowed, and every required key is there. */
  canInstall: boolean
}

/** What still stands between the person and the Install button. */
export function readiness(plan: InstallPlan, answers: Answers, keys: TypedKeys): Readiness {
  const open = plan.asks.filter((ask) => answerTo(ask, answers) === null).length
  const denied = plan.asks.filter((ask) => answerTo(ask, answers) === 'deny')
  const missingKeys = keysToEnter(plan, answers)
    .filter((secret) => secret.required && (keys[secret.name] ?? '').trim() === '')
    .map((secret) => secret.title)
  return {
    openQuestions: open,
    denied,
    missingKeys,
    canInstall: open === 0 && denied.length === 0 && missingKeys.length === 0,
  }
}

/**
 * The answers in the form that main takes. What was allowed earlier is left to main, which knows how long it counts;
 * open questions are left out, which only a refusal may do.
 */
export function decisionsOf(
  asks: readonly Ask[],
  answers: Answers,
): Partial<Record<Capability, { decision: Decision; life?: Life }>> {
  const decisions: Partial<Record<Capability, { decision: Decision; life?: Life }>> = {}
  for (const ask of asks) {
    const given = answers[questionId(ask)]
    if (given !== undefined) decisions[ask.capability] = given
    else if (ask.decided === 'deny') decisions[ask.capability] = { decision: 'deny' }
  }
  return decisions
}
