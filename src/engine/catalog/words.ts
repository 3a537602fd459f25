import { createCharacters, type Characters } from './characters.ts'
import { hashStart, mixHash } from './word-table.ts'

/** Hears of a word: its folded text in UTF-8, from `start` to `end`, and its hash. Both are overwritten afterwards. */
export type OnWord = (bytes: Uint8Array, start: number, end: number, hash: number) => void

/** Longer ones are cut in two; no field of an entry has room for them. */
const maxWordBytes = 4096

/**
 * Tells the words of a text, in order: runs of letters and digits, and symbols one by one. Where a script puts no spaces
 * between words, each two neighbouring characters count as a word, and the last one alone: any part of such a text can be
 * found through its pairs. `fullPairs`: a character alone only where it has no neighbour, as a search asks for them.
 */
export function createWordReader(
  characters: Characters,
  onWord: OnWord,
  { fullPairs }: { fullPairs: boolean },
): (text: Uint8Array, start: number, end: number) => void {
  const ascii = Array.from({ length: 128 }, (_, code) => characters.of(code)[0]!)
  /** Of each byte: what it is folded to where it is a letter of ASCII, else 0. */
  const letters = new Uint8Array(256)
  letters.set(ascii.map(({ kind, bytes }) => (kind === 'letter' ? bytes[0]! : 0)))
  const symbols = Uint8Array.from(ascii, ({ kind }) => (kind === 'symbol' ? 1 : 0))
  const word = new Uint8Array(maxWordBytes)
  let length = 0
  let hash = hashStart
  /** Of the unspaced character before this one: how many bytes it has at the start of `word`, and whether it was in a pair. */
  let before = 0
  let paired = false

  function flush(): void {
    if (length > 0 && !(before > 0 && paired && fullPairs)) onWord(word, 0, length, hash)
    length = 0
    hash = hashStart
    before = 0
    paired = false
  }

  function append(bytes: Uint8Array): void {
    if (length + bytes.length > maxWordBytes) flush()
    for (let at = 0; at < bytes.length; at++) {
      word[length++] = bytes[at]!
      hash = mixHash(hash, bytes[at]!)
    }
  }

  function appendUnspaced(bytes: Uint8Array): void {
    if (before === 0) {
      flush()
    } else {
      append(bytes)
      onWord(word, 0, length, hash)
      length = 0
      hash = hashStart
      paired = true
    }
    append(bytes)
    before = bytes.length
  }

  function readOther(codePoint: number): void {
    for (const { kind, bytes } of characters.of(codePoint)) {
      if (kind === 'unspaced') appendUnspaced(bytes)
      else {
        if (kind !== 'letter' || before > 0) flush()
        if (kind !== 'gap') append(bytes)
        if (kind === 'symbol') flush()
      }
    }
  }

  /** Nearly all of nearly every text, so it stays clear of the variables that are shared. Returns where the letters end. */
  function readLetters(text: Uint8Array, start: number, end: number): number {
    let size = length
    let mixed = hash
    let at = start
    for (let letter = letters[text[at]!]!; letter !== 0 && size < maxWordBytes;) {
      word[size++] = letter
      mixed = mixHash(mixed, letter)
      letter = ++at < end ? letters[text[at]!]! : 0
    }
    length = size
    hash = mixed
    if (size === maxWordBytes) flush()
    return at
  }

  return (text, start, end) => {
    let at = start
    while (at < end) {
      const byte = text[at]!
      if (byte >= 0x80) {
        const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
        let codePoint = byte & (0xff >> (size + 1))
        for (let next = 1; next < size; next++) codePoint = (codePoint << 6) | (text[at + next]! & 0x3f)
        readOther(codePoint)
        at += size
      } else if (letters[byte] !== 0 && before === 0) {
        at = readLetters(text, at, end)
      } else {
        if (letters[byte] !== 0 || symbols[byte] !== 0) readOther(byte)
        else if (length > 0) flush()
        at++
      }
    }
    flush()
  }
}

/** Finds the words that all have to be in whatever a search finds, each once; they may be only the beginnings of words. */
export function createQueryReader(): (text: string) => string[] {
  let found: string[] = []
  const read = createWordReader(
    createCharacters(),
    (bytes, start, end) => found.push(Buffer.from(bytes.subarray(start, end)).toString()),
    { fullPairs: true },
  )
  return (text) => {
    found = []
    const bytes = Buffer.from(text)
    read(bytes, 0, bytes.length)
    return [...new Set(found)]
  }
}
