import { categories } from '../../shared/skill-manifest.ts'

/** Where in an entry a word stands; one bit each. */
export const inTitleFirst = 1
export const inTitle = 2
/** The slug and the tags. */
export const inNames = 4
/** Summary, publisher, category. */
export const inRest = 8
export const placeBits = 4

/** Category of an entry that is in none that this Skillet knows. */
export const noCategory = 255

/**
 * An inverted index over the catalog's entries, which are numbered as they stand in the file. Typed arrays throughout,
 * so that it takes little memory and can be written to a file as it is.
 */
export interface SearchIndex {
  /** Where the JSON of each entry lies in `catalog.json`. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** Entries by folded title. */
  readonly byTitle: Uint32Array
  /** Position in `categories`, or noCategory. */
  readonly category: Uint8Array
  /** What each entry requires: position in `requirements`. */
  readonly requires: Uint32Array
  /** Each different `requires` of an entry once, as JSON. */
  readonly requirements: readonly string[]
  /** All words in UTF-8, in the order of their UTF-16 code units, a newline after each. */
  readonly words: Uint8Array
  /** Where each word starts in `words`; one more than there are words. */
  readonly wordStarts: Uint32Array
  /** Where the postings of each word start; one more than there are words. Neighbouring words have neighbouring postings. */
  readonly postingStarts: Uint32Array
  /** `entry << placeBits | places`: the word stands in this entry, in these places. */
  readonly postings: Uint32Array
}

export function categoryNumber(category: string): number {
  const at = (categories as readonly string[]).indexOf(category)
  return at === -1 ? noCategory : at
}
