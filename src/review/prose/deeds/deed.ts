import type { Frame, Meaning } from '../frame.ts'
import { isEnglish } from '../language.ts'
import type { Token } from '../lexicon/read-lexicon.ts'
import { isAsked, isNegated } from '../stance.ts'

/**
 * What a passage has somebody do that could harm. `weight`: 1 ordinary by itself, 2 to be looked at, 3 and more to be
 * stopped, before anything is known of how it is done and whether the skill is for it. `unfit`: the skill's own
 * description gives no reason for it. `suits`: it does.
 */
export interface Deed {
  readonly rule: string
  readonly start: number
  readonly weight: number
  readonly fit: 'suits' | 'unfit' | 'open'
  readonly message: string
}

/** Looks for one kind of deed. `next` and `before` are the passages beside it in its section. */
export type DeedFinder = (
  frame: Frame,
  purpose: string,
  next: readonly Frame[],
  before: readonly Frame[],
) => Deed | null

/** The first pair of two meanings at most `reach` characters apart, in whichever order a language has them. */
export function near(
  frame: Frame,
  one: readonly Token[],
  other: readonly Token[],
  reach = 120,
): Token | null {
  for (const a of one)
    for (const b of other) {
      if (a.start === b.start) continue
      const distance = a.start < b.start ? b.start - a.end : a.start - b.end
      if (distance <= reach && !/[;:]\s|[.!?]\s|[。]/.test(between(frame, a, b))) return a
    }
  return null
}

function between(frame: Frame, a: Token, b: Token): string {
  return frame.passage.plain.slice(Math.min(a.end, b.end), Math.max(a.start, b.start))
}

/** "For refunds ask …": what stands before the verb of an order that begins with something else. */
const opens = /^(?:for|to|in|on|at|with|after|before|from|per|then) (?:\w+ ){1,3}$/

/** True where a verb is meant for the reader to do. In English, "disable it" is, and "this can disable it" is not. */
export function isOrdered(frame: Frame, verb: Token): boolean {
  const { plain } = frame.passage
  if (isNegated(plain, verb.start)) return false
  return isAsked(plain, verb.start) || opens.test(plain.slice(0, verb.start)) || !isEnglish(frame.tokens)
}

const pronoun = /^(?:it|them|these|those|all|everything|sie|ihn|los|las|lo|les|os|as|их|его|всё)$/

/** Words like "them" that stand for something of this meaning in the sentence before. */
export function meantBefore(frame: Frame, before: readonly Frame[], meaning: Meaning): Token[] {
  const last = before.at(-1)
  if (last === undefined || !last.has(meaning)) return []
  return frame.tokens.filter(({ word }) => pronoun.test(word))
}
