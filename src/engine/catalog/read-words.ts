import { fold, wordsOf } from './fold.ts'
import type { Span } from './scan-entry.ts'
import { hashByte, hashStart, type WordTable } from './word-table.ts'

/** Of each byte of plain text: what it is folded to where it belongs to a word, 0 where it parts two. */
const letters = Uint8Array.from({ length: 128 }, (_, byte) => {
  const folded = fold(String.fromCharCode(byte))
  return /^[a-z0-9]$/.test(folded) ? folded.charCodeAt(0) : 0
})
/** Symbols, each of which is a word. */
const symbols = Uint8Array.from({ length: 128 }, (_, byte) =>
  letters[byte] === 0 && wordsOf(String.fromCharCode(byte)).length > 0 ? 1 : 0,
)

/** Longer words than any entry has room for. */
const maxWordBytes = 4096

/**
 * Tells `onWord` the numbers of the words of a field, in order: those of `wordsOf(fold(text))`. Plain text goes from bytes
 * to numbers directly: what is JSON about it, quotes and the commas of an array, parts words as well.
 */
export function createWordReader(
  bytes: Buffer,
  table: WordTable,
): (span: Span, onWord: (word: number, index: number) => void) => void {
  const word = new Uint8Array(maxWordBytes)
  const encoder = new TextEncoder()

  function readPlain({ start, end }: Span, onWord: (word: number, index: number) => void): void {
    let index = 0
    let length = 0
    let hash = hashStart
    for (let at = start; at <= end; at++) {
      const byte = at === end ? 0 : bytes[at]!
      const letter = letters[byte]!
      if (letter !== 0 && length < maxWordBytes) {
        word[length++] = letter
        hash = hashByte(hash, letter)
        continue
      }
      if (length > 0) onWord(table.numberOf(word, 0, length, hash), index++)
      length = 0
      hash = hashStart
      if (symbols[byte]) onWord(table.numberOf(bytes, at, at + 1, hashByte(hashStart, byte)), index++)
    }
  }

  function readAny({ start, end }: Span, onWord: (word: number, index: number) => void): void {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end))
    const text = Array.isArray(value) ? value.join(' ') : String(value)
    wordsOf(fold(text)).forEach((one, index) => {
      const { written } = encoder.encodeInto(one, word)
      let hash = hashStart
      for (let at = 0; at < written; at++) hash = hashByte(hash, word[at]!)
      onWord(table.numberOf(word, 0, written, hash), index)
    })
  }

  return (span, onWord) => (span.plain ? readPlain(span, onWord) : readAny(span, onWord))
}
