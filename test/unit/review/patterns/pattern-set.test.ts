import { describe, expect, it } from 'vitest'
import { createPatternSet } from '../../../../src/review/patterns/pattern-set.ts'
import { requiredLiterals } from '../../../../src/review/patterns/required-literals.ts'
import { fold } from '../../../../src/review/prose/fold.ts'
import { tokensOf } from '../../../../src/review/prose/lexicon/read-lexicon.ts'
import { places } from '../../../../src/review/prose/lexicon/places.ts'
import { words } from '../../../../src/review/prose/words.ts'
import { keyFormats } from '../../../../src/review/rules/secrets.ts'
import { toTextFile } from '../../../../src/review/source-file.ts'
import { readReviewSamples } from '../../../support/review-samples.ts'

const literalsOf = (pattern: RegExp) =>
  requiredLiterals(pattern)?.map(
    ({ text, opensWord, closesWord }) => `${opensWord ? '|' : ''}${text}${closesWord ? '|' : ''}`,
  ) ?? null

/** Every line of the labelled samples, as written and folded. */
const lines = async () =>
  (await readReviewSamples()).flatMap(({ files }) =>
    files.flatMap((file) => toTextFile(file)?.lines ?? []).flatMap((line) => [line, fold(line)]),
  )

/** Of these, the patterns that match and that the set leaves out. */
function hidden(patterns: readonly RegExp[], texts: readonly string[]): string[] {
  const set = createPatternSet(patterns)
  return texts.flatMap((text) => {
    const possible = set.possible(text)
    return patterns.flatMap((pattern) => {
      pattern.lastIndex = 0
      return !possible.includes(pattern) && pattern.test(text) ? [`${pattern}: ${text}`] : []
    })
  })
}

describe('what a pattern cannot match without', () => {
  it.each([
    [/\bcurl\b/, ['|curl|']],
    [/\b(?:send|post)s? it/, ['|send it', '|sends it', '|post it', '|posts it']],
    [/a(?:bc)+d/, ['bcd']],
    [/[a-z]{1,9}\.(?:com|io)/, ['.com', '.io']],
    [/\w+@\w+/, ['@']],
    [/(?<!x)do (?!not)it/, ['do it']],
    [/Curl[zZ]/i, ['curlz', 'curlz']],
    [/не[тe]/u, ['нет', 'неe']],
    [/x😀?yz/u, ['xyz', 'x😀yz']],
    [/a\u200bb\/c/, ['a\u200bb/c']],
  ])('%s', (pattern, literals) => expect(literalsOf(pattern)).toEqual(literals))

  it.each([/\d{3}/, /(?:curl)?x/, /(?:curl)*/, /(?:curl|\w+)/, /curl/iu, /ÉCOLE|É/i, /[^a]b?/, /curl|/])(
    '%s: nothing is known',
    (pattern) => expect(requiredLiterals(pattern)).toBeNull(),
  )
})

describe('a set of patterns', () => {
  it('leaves out only what does not match, in every line of the samples', { timeout: 120_000 }, async () => {
    const texts = await lines()
    for (const patterns of [
      Object.values(words),
      Object.values(places),
      keyFormats.map(({ pattern }) => pattern),
    ])
      expect(hidden(patterns, texts)).toEqual([])
  })

  it('never leaves out a pattern that matches, whatever it is made of', () => {
    const random = numbers(7)
    for (let round = 0; round < 2000; round++) {
      const { source, match } = grown(random, 3)
      const pattern = new RegExp(source, ['', 'i', 'u'][random(3)])
      const around = ['', ' ', 'x', '.', 'é', '\u212a', '😀'][random(7)]!
      const text = `${around}${random(2) === 0 ? match.toUpperCase() : match}${around}`
      expect(hidden([pattern], [text, match])).toEqual([])
    }
  })

  it('leaves out what stands within another word, and takes letters that only look alike for no part of one', () => {
    const curl = /\bcurl\b/
    expect(createPatternSet([curl]).possible('a curler')).toEqual([])
    expect(createPatternSet([curl]).possible('\u212acurl')).toEqual([curl])
  })

  it('leaves out nearly everything of an ordinary sentence', () => {
    const possible = createPatternSet(Object.values(words)).possible('a cat sat beside warm stoves')
    expect(possible).toEqual([words.read])
  })
})

describe('words of a text in ASCII', () => {
  it('are the same as where another letter follows', async () => {
    // oxlint-disable-next-line no-control-regex
    const plain = (await lines()).map((line) => line.replace(/[^\u0000-\u007f]/g, ''))
    const other = plain.filter(
      (line) => JSON.stringify(tokensOf(line)) !== JSON.stringify(tokensOf(`${line} é`).slice(0, -1)),
    )
    expect(other).toEqual([])
  })
})

const nothing = { source: '', match: '' }

/** A pattern and a text that it matches, put together by chance. */
function grown(random: (below: number) => number, depth: number): { source: string; match: string } {
  const letters = ['a', 'b', 'k', 's', 'to', 'run', 'é', ' ', '@', '😀']
  const part = depth === 0 ? 0 : random(9)
  const inner = () => grown(random, depth - 1)
  const [one, other] = part === 0 ? [nothing, nothing] : [inner(), inner()]
  switch (part) {
    case 1:
      return { source: one.source + other.source, match: one.match + other.match }
    case 2:
      return { source: `(?:${one.source}|${other.source})`, match: random(2) === 0 ? one.match : other.match }
    case 3:
      return { source: `(?:${one.source})?`, match: random(2) === 0 ? one.match : '' }
    case 4:
      return { source: `(${one.source}){1,3}`, match: one.match.repeat(1 + random(3)) }
    case 5:
      return { source: `(?:${one.source})*${other.source}`, match: one.match.repeat(random(3)) + other.match }
    case 6:
      return { source: `${one.source}(?:\\b|)${other.source}`, match: one.match + other.match }
    case 7:
      return { source: `${one.source}[^.]{0,4}${other.source}`, match: `${one.match}--${other.match}` }
    case 8:
      return { source: `\\b${one.source}\\b`, match: one.match }
    default: {
      const text = letters[random(letters.length)]!
      return { source: text, match: text }
    }
  }
}

/** The same numbers each time (Lehmer 1951). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => (state = (state * 48271) % 2147483647) % below
}
