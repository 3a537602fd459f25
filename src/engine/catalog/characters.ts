/** How a folded character stands in a text. */
export type Kind =
  /** Parts two words. */
  | 'gap'
  /** Belongs to a word together with its neighbours. */
  | 'letter'
  /** Of a script that puts no spaces between words. */
  | 'unspaced'
  /** A word of its own, so that "C++" can be found. */
  | 'symbol'

export interface Folded {
  readonly kind: Kind
  /** In UTF-8. */
  readonly bytes: Uint8Array
}

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
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u

/** Case, accents and width don't matter to somebody who searches. Text is folded character by character. */
function fold(character: string): string {
  const folded = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain[folded] ?? folded
}

function kindOf(character: string): Kind {
  if (/[#\p{S}]/u.test(character)) return 'symbol'
  if (!/[\p{L}\p{N}]/u.test(character)) return 'gap'
  return unspaced.test(character) ? 'unspaced' : 'letter'
}

/** What each character is folded to, found out once: texts are long and their characters are few. */
export interface Characters {
  /** Nothing for an accent on its own, several for such as "½". */
  of(codePoint: number): readonly Folded[]
  foldText(text: string): string
}

export function createCharacters(): Characters {
  const known = new Map<number, readonly Folded[]>()
  const texts = new Map<string, string>()

  return {
    of(codePoint) {
      let parts = known.get(codePoint)
      if (parts === undefined) {
        parts = [...fold(String.fromCodePoint(codePoint))].map((character) => ({
          kind: kindOf(character),
          bytes: new Uint8Array(Buffer.from(character)),
        }))
        known.set(codePoint, parts)
      }
      return parts
    },
    foldText(text) {
      // oxlint-disable-next-line no-control-regex
      if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase()
      let folded = ''
      for (const character of text) {
        let one = texts.get(character)
        if (one === undefined) {
          one = fold(character)
          texts.set(character, one)
        }
        folded += one
      }
      return folded
    },
  }
}
