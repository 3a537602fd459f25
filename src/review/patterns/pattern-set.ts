import { createAutomaton } from './automaton.ts'
import { requiredLiterals } from './required-literals.ts'

/** Patterns that are held against the same texts. */
export interface PatternSet {
  /** Those that can match, in their order. A pattern that isn't among them does not match. */
  readonly possible: (text: string) => readonly RegExp[]
}

/** Numbers of bits that fit a small integer. */
const maxPatterns = 30

/**
 * Looks once through a text for what each pattern cannot match without, instead of trying every pattern at every place:
 * nearly all texts hold nothing that any of them asks for.
 */
export function createPatternSet(patterns: readonly RegExp[]): PatternSet {
  if (patterns.length > maxPatterns) throw new RangeError(`more than ${maxPatterns} patterns`)
  const chosen = new Map<number, readonly RegExp[]>()
  // A program that looks at no skill needs none of it.
  let find: ((text: string) => number) | null = null

  function prepare(): (text: string) => number {
    let always = 0
    const needles = patterns.flatMap((pattern, index) => {
      const literals = requiredLiterals(pattern)
      if (literals === null) always |= 1 << index
      return (literals ?? []).map((literal) => ({ ...literal, bits: 1 << index }))
    })
    const automaton = createAutomaton(needles)
    return (text) => automaton(text) | always
  }

  return {
    possible(text) {
      find ??= prepare()
      const bits = find(text)
      const known = chosen.get(bits)
      if (known !== undefined) return known
      const found = patterns.filter((_pattern, index) => (bits & (1 << index)) !== 0)
      // There are few in practice; texts made for it must not fill the memory.
      if (chosen.size < 1000) chosen.set(bits, found)
      return found
    },
  }
}
