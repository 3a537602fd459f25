import { placeBits, type SearchIndex } from './search-index.ts'
import { createWordTable, type WordTable } from './word-table.ts'

export type Postings = Pick<SearchIndex, 'words' | 'wordStarts' | 'postingStarts' | 'postings'>

/** Gathers which words stand in an entry, entry by entry, and turns it round: in which entries each word stands. */
export interface PostingsBuilder {
  readonly table: WordTable
  /** `word`: its number in `table`. Entries come in rising order. */
  add(entry: number, word: number, places: number): void
  finish(): Postings
}

/** Bytes of a catalog for each word that stands in an entry: somewhat less than usual, so that the room suffices. */
const bytesPerPosting = 14

/** `catalogBytes`: how large the catalog is. Room that isn't used is never touched, so it takes no memory. */
export function createPostingsBuilder(catalogBytes: number): PostingsBuilder {
  const table = createWordTable()
  const room = Math.max(64, Math.ceil(catalogBytes / bytesPerPosting))
  let words = new Uint32Array(room)
  let postings = new Uint32Array(room)
  let used = 0
  /** Of each word: where its newest posting is + 1. */
  let newest = new Uint32Array(1 << 12)
  let current = -1
  let firstOfCurrent = 0

  return {
    table,
    add(entry, word, places) {
      if (entry !== current) {
        current = entry
        firstOfCurrent = used
      }
      if (word >= newest.length) newest = grown(newest)
      const known = newest[word]!
      if (known > firstOfCurrent) {
        postings[known - 1]! |= places
        return
      }
      if (used === postings.length) {
        words = grown(words)
        postings = grown(postings)
      }
      words[used] = word
      postings[used] = (entry << placeBits) | places
      newest[word] = ++used
    },
    finish() {
      const texts = table.toStrings()
      const numbers = new Map(texts.map((text, number) => [text, number]))
      const order = [...texts].sort().map((text) => numbers.get(text)!)
      const counts = new Uint32Array(texts.length)
      for (let at = 0; at < used; at++) counts[words[at]!]!++
      const wordStarts = new Uint32Array(order.length + 1)
      const postingStarts = new Uint32Array(order.length + 1)
      const next = new Uint32Array(order.length)
      order.forEach((word, rank) => {
        wordStarts[rank + 1] = wordStarts[rank]! + Buffer.byteLength(texts[word]!) + 1
        postingStarts[rank + 1] = postingStarts[rank]! + counts[word]!
        next[word] = postingStarts[rank]!
      })
      const ordered = new Uint32Array(used)
      for (let at = 0; at < used; at++) ordered[next[words[at]!]!++] = postings[at]!
      return {
        words: Buffer.from(order.map((word) => `${texts[word]!}\n`).join('')),
        wordStarts,
        postingStarts,
        postings: ordered,
      }
    },
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
