import { damagedCatalog, findEntries } from './catalog-lines.ts'
import { fold } from './fold.ts'
import { createPostingsBuilder } from './postings.ts'
import { createWordReader } from './read-words.ts'
import { createEntryScanner, type EntrySpans, type Span } from './scan-entry.ts'
import {
  categoryNumber,
  countEntries,
  inNames,
  inRest,
  inTitle,
  inTitleFirst,
  type SearchIndex,
} from './search-index.ts'

/**
 * Goes through all entries once and makes them searchable. Checks what finding an entry relies on and no more; an entry
 * is checked whole when it is handed out.
 * @throws SkilletError METADATA_INVALID
 */
export function buildIndex(bytes: Buffer): SearchIndex {
  const starts = findEntries(bytes)
  const count = countEntries({ starts })
  const scan = createEntryScanner(bytes)
  const builder = createPostingsBuilder()
  const readWords = createWordReader(bytes, builder.table)
  const titles: string[] = []
  const category = new Uint8Array(count)
  const requires = new Uint32Array(count)
  const requirements = new Map<string, number>()
  const slug = { start: 0, end: 0 }

  let entry = 0
  const addTitleWord = (word: number, index: number) =>
    builder.add(entry, word, index === 0 ? inTitle | inTitleFirst : inTitle)
  const addName = (word: number) => builder.add(entry, word, inNames)
  const addOther = (word: number) => builder.add(entry, word, inRest)
  const jsonOf = ({ start, end }: Span) => bytes.toString('utf8', start, end)
  const textOf = (span: Span) =>
    span.plain ? jsonOf(span).slice(1, -1) : (JSON.parse(jsonOf(span)) as string)

  function addEntry(spans: EntrySpans): void {
    titles.push(fold(textOf(spans.title)))
    category[entry] = categoryNumber(textOf(spans.category))
    requires[entry] = numberOf(requirements, jsonOf(spans.requires))
    readWords(spans.title, addTitleWord)
    readWords(spans.slug, addName)
    readWords(spans.tags, addName)
    readWords(spans.summary, addOther)
    readWords(spans.publisher, addOther)
    readWords(spans.category, addOther)
  }

  for (; entry < count; entry++) {
    const spans = scan(starts[entry]!, starts[entry + 1]! - 2)
    if (spans === null) throw damagedCatalog(`line ${entry + 2} is not an entry`)
    const isAfter = bytes.compare(bytes, slug.start, slug.end, spans.slug.start, spans.slug.end) > 0
    if (!spans.slug.plain || !isAfter) throw damagedCatalog(`line ${entry + 2} is out of order`)
    slug.start = spans.slug.start
    slug.end = spans.slug.end
    try {
      addEntry(spans)
    } catch (error) {
      throw damagedCatalog(`line ${entry + 2} can't be read`, error)
    }
  }
  return {
    starts,
    byTitle: orderBy(titles),
    category,
    requires,
    requirements: [...requirements.keys()],
    ...builder.finish(),
  }
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}

/** Positions of `texts`, the smallest first; equal ones in their order. */
function orderBy(texts: readonly string[]): Uint32Array {
  return Uint32Array.from(texts.keys()).sort((a, b) => {
    const [left, right] = [texts[a]!, texts[b]!]
    return left < right ? -1 : left > right ? 1 : a - b
  })
}
