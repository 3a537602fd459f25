/** Letters whose accent can't be taken off, and what people type instead. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
}
const special = /[ßæœøłđðþıς]/g

/** Case, accents and width don't matter to somebody who searches. */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(special, (letter) => plain[letter] ?? letter)
}

const asciiWord = /[a-z0-9]+|[#+$<=>^`|~]/g
const anyWord = /[\p{L}\p{N}]+|[#\p{S}]/gu
const unspaced =
  /([\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+)/u

/**
 * The words of a folded text, in order: runs of letters and digits, and symbols one by one, so that "C++" can be found.
 * Where a script puts no spaces between words, each two neighbouring characters count as a word, and the last one alone:
 * any part of such a text can be found through its pairs.
 */
export function wordsOf(folded: string): string[] {
  return splitWords(folded, (pairs, last) => [...pairs, last])
}

/** The words that all have to be in whatever a search finds, each once; they may be only the beginnings of words. */
export function queryWordsOf(folded: string): string[] {
  return [...new Set(splitWords(folded, (pairs, last) => (pairs.length > 0 ? pairs : [last])))]
}

function splitWords(folded: string, take: (pairs: string[], last: string) => string[]): string[] {
  if (isAscii(folded)) return folded.match(asciiWord) ?? []
  return (folded.match(anyWord) ?? []).flatMap((run) => {
    if (isAscii(run)) return [run]
    // With a capturing group, split puts what it splits at into every second place.
    return run.split(unspaced).flatMap((part, index) => {
      if (part === '') return []
      if (index % 2 === 0) return [part]
      const characters = [...part]
      const pairs = characters.slice(1).map((character, at) => characters[at] + character)
      return take(pairs, characters.at(-1) ?? '')
    })
  })
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(text)
}
