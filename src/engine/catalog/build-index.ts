import { damagedCatalog, findEntries } from './catalog-lines.ts'
import { fold, wordsOf } from './fold.ts'
import {
  categoryNumber,
  countEntries,
  entryText,
  inNames,
  inRest,
  inTitle,
  inTitleFirst,
  placeBits,
  type SearchIndex,
} from './search-index.ts'

/**
 * Reads each entry once and makes them searchable. Checks what finding an entry relies on and no more; an entry is
 * checked whole when it is handed out.
 * @throws SkilletError METADATA_INVALID
 */
export function buildIndex(bytes: Buffer): SearchIndex {
  const starts = findEntries(bytes)
  const count = countEntries({ starts })
  const titles: string[] = []
  const category = new Uint8Array(count)
  const requires = new Uint32Array(count)
  const requirements = new Map<string, number>()
  const collected = collectPostings()
  let previous = ''
  for (let entry = 0; entry < count; entry++) {
    const fields = readFields(entryText(bytes, starts, entry), entry)
    if (fields.slug <= previous) throw damagedCatalog(`${fields.slug} is out of order`)
    previous = fields.slug
    const title = fold(fields.title)
    titles.push(title)
    category[entry] = categoryNumber(fields.category)
    requires[entry] = numberOf(requirements, JSON.stringify(fields.requires))
    collected.addAll(entry, wordsOf(title), inTitle, inTitleFirst | inTitle)
    collected.addAll(entry, wordsOf(fold(`${fields.slug} ${fields.tags.join(' ')}`)), inNames)
    collected.addAll(entry, wordsOf(fold(`${fields.summary} ${fields.publisher} ${fields.category}`)), inRest)
  }
  return {
    starts,
    byTitle: orderBy(titles),
    category,
    requires,
    requirements: [...requirements.keys()],
    ...collected.finish(),
  }
}

interface Fields {
  slug: string
  title: string
  summary: string
  publisher: string
  category: string
  tags: string[]
  requires: object
}

function readFields(text: string, entry: number): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damagedCatalog(`line ${entry + 2} can't be read`, error)
  }
  if (!isFields(value)) throw damagedCatalog(`line ${entry + 2} is not an entry`)
  return value
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  const { slug, title, summary, publisher, category, tags, requires } = value as Record<string, unknown>
  return (
    [slug, title, summary, publisher, category].every((field) => typeof field === 'string') &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string') &&
    typeof requires === 'object' &&
    requires !== null
  )
}

/** Gathers which word stands where, entry by entry, and turns it round: where each word stands. */
function collectPostings() {
  const numbers = new Map<string, number>()
  /** Of each word: its newest posting, and how many it has. */
  const newest: number[] = []
  const counts: number[] = []
  let used = 0
  let words = new Uint32Array(1 << 16)
  let postings = new Uint32Array(1 << 16)

  function add(entry: number, text: string, places: number): void {
    const word = numberOf(numbers, text)
    const known = newest[word]
    if (known !== undefined && (postings[known] ?? 0) >>> placeBits === entry) {
      postings[known] = (postings[known] ?? 0) | places
      return
    }
    if (used === postings.length) {
      words = grown(words)
      postings = grown(postings)
    }
    words[used] = word
    postings[used] = (entry << placeBits) | places
    newest[word] = used++
    counts[word] = (counts[word] ?? 0) + 1
  }

  return {
    addAll(entry: number, texts: readonly string[], places: number, placesOfFirst = places): void {
      for (let at = 0; at < texts.length; at++) add(entry, texts[at] ?? '', at === 0 ? placesOfFirst : places)
    },

    finish(): Pick<SearchIndex, 'words' | 'wordStarts' | 'postingStarts' | 'postings'> {
      const sorted = [...numbers.keys()].sort()
      const wordStarts = new Uint32Array(sorted.length + 1)
      const postingStarts = new Uint32Array(sorted.length + 1)
      const next = new Uint32Array(sorted.length)
      sorted.forEach((text, rank) => {
        const word = numbers.get(text) ?? 0
        wordStarts[rank + 1] = (wordStarts[rank] ?? 0) + Buffer.byteLength(text) + 1
        postingStarts[rank + 1] = (postingStarts[rank] ?? 0) + (counts[word] ?? 0)
        next[word] = postingStarts[rank] ?? 0
      })
      const ordered = new Uint32Array(used)
      for (let at = 0; at < used; at++) {
        const word = words[at] ?? 0
        ordered[next[word]!++] = postings[at] ?? 0
      }
      return {
        words: Buffer.from(sorted.map((text) => `${text}\n`).join('')),
        wordStarts,
        postingStarts,
        postings: ordered,
      }
    },
  }
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** Positions of `texts`, the smallest first; equal ones in their order. */
function orderBy(texts: readonly string[]): Uint32Array {
  return Uint32Array.from(texts.keys()).sort((a, b) => {
    const [left, right] = [texts[a] ?? '', texts[b] ?? '']
    return left < right ? -1 : left > right ? 1 : a - b
  })
}
