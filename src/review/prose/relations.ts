import type { RuleFinding } from '../rules/rule.ts'
import { createPatternSet } from '../patterns/pattern-set.ts'
import type { Passage } from './passages.ts'
import { stanceOf, weigh } from './stance.ts'
import { words, type Word } from './words.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** Places of one class that are looked at in a passage. More of them say nothing more. */
const maxSpans = 16
const cache = new WeakMap<Passage, { possible: readonly RegExp[]; spans: Map<Word, readonly Span[]> }>()
const wordPatterns = createPatternSet(Object.values(words))
const nowhere: readonly Span[] = []

/** Where the passage says something of this class. */
export function spansOf(passage: Passage, word: Word): readonly Span[] {
  let known = cache.get(passage)
  if (known === undefined)
    cache.set(passage, (known = { possible: wordPatterns.possible(passage.plain), spans: new Map() }))
  const pattern = words[word]
  if (!known.possible.includes(pattern)) return nowhere
  let spans = known.spans.get(word)
  if (spans === undefined) {
    const found: Span[] = []
    pattern.lastIndex = 0
    for (
      let match = pattern.exec(passage.plain);
      match !== null && found.length < maxSpans;
      match = pattern.exec(passage.plain)
    )
      found.push({ start: match.index, end: pattern.lastIndex })
    known.spans.set(word, (spans = found))
  }
  return spans
}

export function says(passage: Passage, ...all: readonly Word[]): boolean {
  return all.every((word) => spansOf(passage, word).length > 0)
}

/**
 * The first place where classes follow one another, each beginning at most `gap` characters after the one before it
 * has ended. Null where they don't.
 */
export function inOrder(passage: Passage, gap: number, ...order: readonly Word[]): Span | null {
  let reached: readonly Span[] | null = null
  for (const word of order) {
    reached = reached === null ? spansOf(passage, word) : reachableFrom(reached, spansOf(passage, word), gap)
    if (reached.length === 0) return null
  }
  return reached?.[0] ?? null
}

function reachableFrom(from: readonly Span[], spans: readonly Span[], gap: number): Span[] {
  return spans.flatMap((span) => {
    const before = from.find((one) => span.start >= one.end && span.start - one.end <= gap)
    return before === undefined ? [] : [{ start: before.start, end: span.end }]
  })
}

/** A finding about a passage, as severe as the passage means it; none where the passage warns of it. */
export function about(
  passage: Passage,
  span: Span,
  rule: string,
  severity: RuleFinding['severity'],
  message: string,
): RuleFinding[] {
  const stance = stanceOf(passage, span.start)
  if (stance === 'warns') return []
  const { file, line, text: evidence } = passage
  return [{ rule, severity: weigh(severity, stance), file, line, message, evidence }]
}

/** The first match of any of the patterns that are possible in the passage. */
export function firstMatch(
  passage: Passage,
  patterns: readonly RegExp[],
  possible: readonly RegExp[],
): Span | null {
  for (const pattern of patterns) {
    if (!possible.includes(pattern)) continue
    const match = pattern.exec(passage.plain)
    if (match !== null) return { start: match.index, end: match.index + match[0].length }
  }
  return null
}
