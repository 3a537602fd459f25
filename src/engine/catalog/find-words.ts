import { inNames, inRest, inTitle, inTitleFirst, placeBits, type SearchIndex } from './search-index.ts'

/** Further bits of a match, beyond the places of a posting. */
const insideTitle = 1 << placeBits
const wholeWord = 2 << placeBits

/** Shorter words count at the beginning of a word only: nearly every text has an "a" in it somewhere. */
const minInsideLength = 3

/** What a match is worth at most. */
const mostWorth = (8 + 3 + 1) * 128 + 1
/**
 * What a match is worth, by its bits: most in the title, there most at its start and least within a word; then the
 * names; then the rest. A whole word decides only between matches that are worth the same: a search has room for a
 * hundred words, and all of theirs together stay below one point of the others.
 */
const worth = Uint16Array.from({ length: wholeWord * 2 }, (_, bits) => {
  const title = bits & inTitleFirst ? 8 : bits & inTitle ? 6 : bits & insideTitle ? 4 : 0
  const rest = (bits & inNames ? 3 : 0) + (bits & inRest ? 1 : 0)
  return (title + rest) * 128 + (bits & wholeWord ? 1 : 0)
})

/** What each entry is worth, 0 where a word is missing, and the most that any could be. */
export interface Found {
  readonly values: Uint32Array
  readonly most: number
}

/**
 * Finds the entries that have all `words` (see createQueryReader) in them: as whole words, as beginnings, or, from three
 * letters on, within a word. The result is overwritten by the next call.
 */
export function createWordFinder(index: SearchIndex): (words: readonly string[]) => Found {
  const { words: dictionary, wordStarts, postingStarts, postings } = index
  const bytes = Buffer.from(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength)
  const wordCount = wordStarts.length - 1
  const entryCount = index.starts.length
  const matches = new Uint8Array(entryCount)
  const values = new Uint32Array(entryCount)

  /** The first word for which `isBefore` no longer holds. */
  function partition(isBefore: (text: string) => boolean): number {
    let [low, high] = [0, wordCount]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(bytes.toString('utf8', wordStarts[middle], (wordStarts[middle + 1] ?? 0) - 1)))
        low = middle + 1
      else high = middle
    }
    return low
  }

  /** The word that the byte at `offset` belongs to. */
  function wordAt(offset: number): number {
    let [low, high] = [0, wordCount]
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((wordStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low
  }

  function markBeginnings(word: string): { first: number; end: number } {
    const first = partition((text) => text < word)
    const end = partition((text) => text < word || text.startsWith(word))
    const from = postingStarts[first] ?? 0
    const to = postingStarts[end] ?? 0
    for (let at = from; at < to; at++) {
      const posting = postings[at] ?? 0
      matches[posting >>> placeBits]! |= posting & (insideTitle - 1)
    }
    const isWhole =
      first < end && (wordStarts[first + 1] ?? 0) - (wordStarts[first] ?? 0) - 1 === Buffer.byteLength(word)
    if (isWhole)
      for (let at = from; at < (postingStarts[first + 1] ?? 0); at++) {
        const posting = postings[at] ?? 0
        if (posting & (inTitle | inNames)) matches[posting >>> placeBits]! |= wholeWord
      }
    return { first, end }
  }

  function markInside(word: string, { first, end }: { first: number; end: number }): void {
    for (let offset = bytes.indexOf(word); offset !== -1;) {
      const found = wordAt(offset)
      // Those that begin with it are marked already, for more than this.
      const isDone = found >= first && found < end
      if (!isDone)
        for (let at = postingStarts[found] ?? 0; at < (postingStarts[found + 1] ?? 0); at++) {
          const posting = postings[at] ?? 0
          matches[posting >>> placeBits]! |=
            (posting & (inNames | inRest)) | (posting & inTitle ? insideTitle : 0)
        }
      offset = bytes.indexOf(word, isDone ? wordStarts[end] : wordStarts[found + 1])
    }
  }

  /** Adds what the marked matches are worth, and drops the entries that have none. */
  function keepMatches(isFirst: boolean): void {
    for (let entry = 0; entry < entryCount; entry++) {
      const value = worth[matches[entry]!]!
      if (value === 0) values[entry] = 0
      else if (isFirst) values[entry] = value
      else if (values[entry] !== 0) values[entry]! += value
    }
  }

  return (words) => {
    words.forEach((word, index) => {
      matches.fill(0)
      const beginnings = markBeginnings(word)
      if (word.length >= minInsideLength) markInside(word, beginnings)
      keepMatches(index === 0)
    })
    return { values, most: words.length * mostWorth }
  }
}
