/** The rules of `src/engine/catalog/words.ts` written once more with strings and expressions, to hold it against. */
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
const unspaced =
  /([\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+)/u

export function plainFold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþıς]/g, (letter) => plain[letter] ?? letter)
}

/** Of a text: pairs and the last character of what has no spaces. */
export function plainWords(text: string): string[] {
  return split(text, (pairs, last) => [...pairs, last])
}

/** Of a search: pairs, or a character that is alone; each once. */
export function plainQuery(text: string): string[] {
  return [...new Set(split(text, (pairs, last) => (pairs.length > 0 ? pairs : [last])))]
}

function split(text: string, take: (pairs: string[], last: string) => string[]): string[] {
  return (plainFold(text).match(/[\p{L}\p{N}]+|[#\p{S}]/gu) ?? []).flatMap((run) =>
    // With a group, split puts what it splits at into every second place.
    run.split(unspaced).flatMap((part, index) => {
      if (part === '') return []
      if (index % 2 === 0) return [part]
      const characters = [...part]
      const pairs = characters.slice(1).map((character, at) => characters[at] + character)
      return take(pairs, characters.at(-1) ?? '')
    }),
  )
}
