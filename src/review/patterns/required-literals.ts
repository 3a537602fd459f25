/** A text that stands in every match, lower case; where a word has to begin or end with it, so it does. */
export interface Literal {
  readonly text: string
  readonly opensWord: boolean
  readonly closesWord: boolean
}

/** What is known of a part of a pattern. */
interface Known {
  /** All texts that it can match. */
  readonly exact: readonly string[] | null
  /** Each match holds one of these. */
  readonly one: readonly string[] | null
  /** Each match ends with one of these. */
  readonly ends: readonly string[]
}

/** Stands for `\b` within a literal. No text of a pattern holds it. */
const edge = '\uffff'
/** Texts that one part of a pattern may come to, and letters of a class that are told apart. */
const limits = { texts: 512, letters: 6 } as const
const nothing = exactly([''])
const anything: Known = { exact: null, one: null, ends: [''] }

/**
 * Of these texts every match of a pattern holds at least one; null where nothing is known. Letters of ASCII are
 * compared without case. Derived from the pattern's source (ECMA-262 §22.2.1), so that it can't fall behind it.
 */
export function requiredLiterals({ source, flags }: RegExp): readonly Literal[] | null {
  // With both, letters outside ASCII match letters within: "ſ" is an "s".
  if (flags.includes('i') && flags.includes('u')) return null
  const reader = createReader(source, flags.includes('i'), flags.includes('u'))
  const { exact, one } = reader.alternatives()
  const texts = best([exact, one])
  return texts === null ? null : texts.map(toLiteral)
}

function toLiteral(text: string): Literal {
  return {
    text: text.replaceAll(edge, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    opensWord: text.startsWith(edge),
    closesWord: text.endsWith(edge),
  }
}

/** Longer texts are rarer; a word of two letters is rare enough where it has to stand alone. */
function weight(texts: readonly string[]): number {
  return Math.min(
    ...texts.map((text) => text.replaceAll(edge, '').length * 2 + (text.startsWith(edge) ? 1 : 0)),
  )
}

function best(candidates: readonly (readonly string[] | null)[]): readonly string[] | null {
  let chosen: readonly string[] | null = null
  for (const texts of candidates) {
    if (texts === null || texts.some((text) => isCommon(text.replaceAll(edge, '')))) continue
    const more = chosen === null ? 1 : weight(texts) - weight(chosen)
    if (more > 0 || (more === 0 && texts.length < (chosen?.length ?? 0))) chosen = texts
  }
  return chosen
}

/** A single letter stands everywhere, "@" does not. */
function isCommon(text: string): boolean {
  return text.length === 0 || (text.length === 1 && /[\w\s.,]/.test(text))
}

function createReader(source: string, caseless: boolean, unicode: boolean) {
  let at = 0

  function alternatives(): Known {
    const all = [sequence()]
    while (source[at] === '|') {
      at++
      all.push(sequence())
    }
    if (all.length === 1) return all[0]!
    const exact = joined(all.map((one) => one.exact))
    return exact === null
      ? {
          exact,
          one: joined(all.map((part) => best([part.exact, part.one]))),
          ends: joined(all.map((part) => part.ends)) ?? [''],
        }
      : exactly(exact)
  }

  function sequence(): Known {
    const found: (readonly string[] | null)[] = []
    let run: readonly string[] = ['']
    let whole = true
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const item = quantified(atom())
      if (item.exact !== null && run.length * item.exact.length <= limits.texts) {
        run = run.flatMap((start) => item.exact!.map((end) => start + end))
        continue
      }
      whole = false
      found.push(run, item.one)
      run = item.ends
    }
    return whole ? exactly(run) : { exact: null, one: best([...found, run]), ends: run }
  }

  function quantified(item: Known): Known {
    const [sign, least = ''] = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(source.slice(at, at + 24)) ?? []
    if (sign === undefined) return item
    at += sign.length
    if (sign.startsWith('?')) return item.exact === null ? anything : exactly(['', ...item.exact])
    if (sign.startsWith('*') || least === '0') return anything
    return { exact: null, one: best([item.exact, item.one]), ends: item.ends }
  }

  function atom(): Known {
    // A quantifier belongs to all of a character.
    const character = unicode ? String.fromCodePoint(source.codePointAt(at)!) : source[at]!
    at += character.length
    if (character === '(') return group()
    if (character === '[') return letters()
    if (character === '\\') return escaped()
    if (character === '^' || character === '$') return nothing
    return character === '.' ? anything : literal(character)
  }

  function group(): Known {
    const [opening = '', looks = ''] = /^\?(?:(<?[=!])|<\w+>|:)/.exec(source.slice(at, at + 60)) ?? []
    at += opening.length
    const inner = alternatives()
    at++
    // What stands before or after a place is no part of the match.
    return looks === '' ? inner : nothing
  }

  function letters(): Known {
    const start = at
    while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1
    const inside = source.slice(start, at++)
    if (/^\^|[\\-]/.test(inside) || [...inside].length > limits.letters) return anything
    if (!unicode && /[\ud800-\udfff]/.test(inside)) return anything
    return joinedLiterals([...inside].map(literal))
  }

  function escaped(): Known {
    const character = source[at++]!
    if (character === 'b') return exactly([edge])
    if (character === 'B') return nothing
    const code = character === 'u' ? /^[0-9a-f]{4}/i.exec(source.slice(at, at + 4))?.[0] : undefined
    if (code !== undefined) {
      at += 4
      return literal(String.fromCharCode(Number.parseInt(code, 16)))
    }
    if (/[pPu]/.test(character)) at += /^\{[^}]*\}/.exec(source.slice(at))?.[0].length ?? 0
    else if (character === 'x') at += 2
    else if (character === 'k') at += /^<[^>]*>/.exec(source.slice(at))?.[0].length ?? 0
    return /\w/.test(character) ? anything : literal(character)
  }

  function literal(character: string): Known {
    const other = character.toLowerCase() !== character.toUpperCase()
    return caseless && other && character > '\u007f' ? anything : exactly([character])
  }

  return { alternatives }
}

function joined(all: readonly (readonly string[] | null)[]): readonly string[] | null {
  const texts: string[] = []
  for (const one of all) {
    if (one === null) return null
    texts.push(...one)
  }
  return texts.length <= limits.texts ? texts : null
}

function joinedLiterals(all: readonly Known[]): Known {
  const exact = joined(all.map((one) => one.exact))
  return exact === null ? anything : exactly(exact)
}

function exactly(exact: readonly string[]): Known {
  return { exact, one: null, ends: exact }
}
