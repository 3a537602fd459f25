/** Words of one class: single ones, stems, and words that stand near one another. */
interface Entry {
  readonly word: string
  /** Those that have to follow, each at most `gap` words after the one before. */
  readonly rest: readonly { readonly token: string; readonly gap: number }[]
}

export interface Token {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** Finds where a text says something of each class. */
export interface Lexicon<Class extends string> {
  /** `plain` is what the tokens were cut from, for scripts without spaces. */
  readonly find: (tokens: readonly Token[], plain: string) => Map<Class, Token[]>
}

/** Places of one class that are kept for a text: more of them say nothing more. */
const maxPlaces = 24
/** Pronouns that Romance languages hang on their verbs. */
const clitic = /^-(?:l[aeo]s?|l['h]\w*|[ao]s?|lui|leur|moi|toi|nous|vous|me|te|se|nos|y|en)$/
/** Words between two that belong together. */
const gap = 3
const shortestStem = 3
const longestStem = 14

/**
 * Reads the notation of actions.ts. Every word of a text is looked up once, whole and by its first letters, so time
 * grows with the text and not with the number of words that are known.
 */
export function readLexicon<Class extends string>(source: Readonly<Record<Class, string>>): Lexicon<Class> {
  const whole = new Map<string, [Class, Entry][]>()
  const stems = new Map<string, [Class, Entry][]>()
  const unspaced: [Class, RegExp][] = []
  for (const name of Object.keys(source) as Class[]) {
    const [words = '', parts = ''] = source[name].split('|')
    for (const item of words.trim().split(/\s+/)) {
      const [first = '', ...following] = item.split(/(?=[_+])/)
      const word = normalize(first).replace(/'s$/, '')
      const rest = following.map((part) => ({
        token: normalize(part.slice(1)),
        gap: part.startsWith('+') ? gap : 0,
      }))
      const map = word.endsWith('*') ? stems : whole
      const key = word.replace('*', '')
      map.set(key, [...(map.get(key) ?? []), [name, { word, rest }]])
    }
    const alternatives = parts.trim().split(/\s+/).filter(Boolean)
    if (alternatives.length > 0)
      unspaced.push([name, new RegExp(alternatives.map((part) => part.replace(/_/g, ' ?')).join('|'), 'gu')])
  }

  /** How long the stems are that begin with these letters. */
  const stemLengths = new Map<string, number[]>()
  for (const stem of [...stems.keys()].sort((a, b) => a.length - b.length)) {
    const start = stem.slice(0, shortestStem)
    const lengths = stemLengths.get(start) ?? []
    if (stem.length >= shortestStem && stem.length <= longestStem && !lengths.includes(stem.length))
      stemLengths.set(start, [...lengths, stem.length])
  }

  /** "dépose-les", "envie-os": a verb with its object behind a hyphen. */
  function candidates(word: string): readonly (readonly [Class, Entry])[] {
    const hyphen = word.indexOf('-')
    let all: readonly (readonly [Class, Entry])[] = whole.get(word) ?? []
    if (hyphen >= shortestStem && clitic.test(word.slice(hyphen)))
      all = [...all, ...(whole.get(word.slice(0, hyphen)) ?? [])]
    for (const length of stemLengths.get(word.slice(0, shortestStem)) ?? []) {
      const more = length <= word.length ? stems.get(word.slice(0, length)) : undefined
      if (more !== undefined) all = [...all, ...more]
    }
    return all
  }

  return {
    find(tokens, plain) {
      const places = new Map<Class, Token[]>()
      const keep = (name: Class, token: Token) => {
        const known = places.get(name)
        if (known === undefined) places.set(name, [token])
        else if (known.length < maxPlaces && known.at(-1)?.start !== token.start) known.push(token)
      }
      for (const [at, token] of tokens.entries())
        for (const [name, entry] of candidates(token.word)) {
          const end = endOf(tokens, at, entry)
          if (end !== null) keep(name, { word: token.word, start: token.start, end })
        }
      if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(plain))
        for (const [name, pattern] of unspaced)
          for (const match of plain.matchAll(pattern))
            keep(name, { word: match[0], start: match.index, end: match.index + match[0].length })
      return places
    },
  }
}

/** Where an entry that begins at this token ends, or null where what has to follow doesn't. */
function endOf(tokens: readonly Token[], at: number, entry: Entry): number | null {
  let last = at
  for (const { token: wanted, gap: allowed } of entry.rest) {
    let next = -1
    for (let index = last + 1; index <= last + 1 + allowed && next < 0; index++) {
      const word = tokens[index]?.word
      if (word === undefined || word === '.') break
      if (wanted.endsWith('*') ? word.startsWith(wanted.slice(0, -1)) : word === wanted) next = index
    }
    if (next < 0) return null
    last = next
  }
  return tokens[last]?.end ?? null
}

const token =
  /(?:https?|ftp|wss?):\/\/[^\s<>"'`)\]}|\\]{2,500}|[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,63}|[\p{L}\p{N}_][\p{L}\p{M}\p{N}_'’-]*|\.(?=\s|$)|[;:!?,()]/gu

/** Words of folded text, without accents; addresses in one piece. */
export function tokensOf(plain: string): Token[] {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(plain) && !plain.includes('@') && !plain.includes('://'))
    return asciiTokens(plain)
  const tokens: Token[] = []
  for (const match of plain.matchAll(token))
    addToken(tokens, normalize(match[0]), match.index, match[0].length)
  return tokens
}

function addToken(tokens: Token[], found: string, start: number, length: number): void {
  const word = found.endsWith("'s") ? found.slice(0, -2) : found
  const end = start + length
  // "l'iban", "d'autres": an article and a word.
  const article = word.includes("'") ? (/^(?:[ldnscjmt]|qu)'(?=.{2})/.exec(word)?.[0].length ?? 0) : 0
  if (article > 0) tokens.push({ word: word.slice(0, article), start, end: start + article })
  tokens.push({ word: word.slice(article), start: start + article, end })
  // What an address is filled with: "?school=SCHOOL".
  const query = word.indexOf('?')
  if (query > 0 && word.includes('://'))
    for (const part of word.slice(query).matchAll(/[a-z]{3,30}/g))
      tokens.push({ word: part[0], start: start + query + part.index, end })
}

/** What of ASCII is a token by itself, begins one, or goes on with it. */
const [mark, inner, opening] = [1, 2, 3] as const
const kinds = new Uint8Array(128)
for (const [signs, kind] of [
  [';:!?,()', mark],
  ["'-", inner],
  ['abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_', opening],
] as const)
  for (const sign of signs) kinds[sign.charCodeAt(0)] = kind

/** The same tokens of a text in ASCII that holds no address. */
function asciiTokens(plain: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < plain.length; at++) {
    const kind = kinds[plain.charCodeAt(at)]!
    if (kind === opening) {
      const start = at
      while (kinds[plain.charCodeAt(at + 1)]! >= inner) at++
      addToken(tokens, plain.slice(start, at + 1), start, at + 1 - start)
    } else if (kind === mark || (plain[at] === '.' && /^\s?$/.test(plain.slice(at + 1, at + 2))))
      tokens.push({ word: plain[at]!, start: at, end: at + 1 })
  }
  return tokens
}

function normalize(word: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(word)
    ? word
    : word.normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss')
}
