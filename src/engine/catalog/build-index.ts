import { createCatalogLines, damagedCatalog, type CatalogLines } from './catalog-lines.ts'
import { createCharacters } from './characters.ts'
import { createPostingsBuilder } from './postings.ts'
import { createEntryScanner, type EntrySpans, type Span } from './scan-entry.ts'
import { categoryNumber, inNames, inRest, inTitle, inTitleFirst, type SearchIndex } from './search-index.ts'
import { createWordTable, hashOf, type WordTable } from './word-table.ts'
import { createWordReader } from './words.ts'

export interface IndexBuilder extends Pick<CatalogLines, 'read' | 'end'> {
  /** After `end`. */
  finish(): SearchIndex
}

/**
 * Goes through a catalog once, part by part, and makes its entries searchable. Checks what finding an entry relies on and
 * no more; an entry is checked whole when it is handed out.
 * @param catalogBytes how large it is
 * @throws SkilletError METADATA_INVALID from `read` and `end`
 */
export function createIndexBuilder(catalogBytes: number): IndexBuilder {
  const scan = createEntryScanner()
  const characters = createCharacters()
  const builder = createPostingsBuilder(catalogBytes)
  const starts: number[] = []
  const ends: number[] = []
  const titles: string[] = []
  const category: number[] = []
  const categories = createWordTable()
  const requires: number[] = []
  const requirements = createWordTable()
  const previous = Buffer.alloc(256)
  let previousSize = 0
  let entry = 0
  let places = 0

  const readWords = createWordReader(
    characters,
    (bytes, start, end, hash) => {
      builder.add(entry, builder.table.numberOf(bytes, start, end, hash), places)
      if (places & inTitleFirst) places = inTitle
    },
    { fullPairs: false },
  )

  function addWords(bytes: Buffer, span: Span, where: number): void {
    places = where
    // What is JSON about a field, quotes and the commas of a list, parts words as well.
    if (!span.escaped) return readWords(bytes, span.start, span.end)
    const value: unknown = JSON.parse(bytes.toString('utf8', span.start, span.end))
    const text = Buffer.from(Array.isArray(value) ? value.join(' ') : String(value))
    readWords(text, 0, text.length)
  }

  function addEntry(bytes: Buffer, spans: EntrySpans): void {
    titles.push(characters.foldText(textOf(bytes, spans.title)))
    category.push(numberIn(categories, bytes, spans.category))
    requires.push(numberIn(requirements, bytes, spans.requires))
    addWords(bytes, spans.title, inTitle | inTitleFirst)
    addWords(bytes, spans.slug, inNames)
    addWords(bytes, spans.tags, inNames)
    addWords(bytes, spans.summary, inRest)
    addWords(bytes, spans.publisher, inRest)
    addWords(bytes, spans.category, inRest)
  }

  const lines = createCatalogLines((bytes, start, end, offset) => {
    const spans = scan(bytes, start, end)
    if (spans === null) throw damagedCatalog(`line ${entry + 2} is not an entry`)
    const { slug } = spans
    const isAfter = bytes.compare(previous, 0, previousSize, slug.start, slug.end) > 0
    if (slug.escaped || !isAfter) throw damagedCatalog(`line ${entry + 2} is out of order`)
    previousSize = bytes.copy(previous, 0, slug.start, slug.end)
    starts.push(offset)
    ends.push(offset + end - start)
    try {
      addEntry(bytes, spans)
    } catch (error) {
      throw damagedCatalog(`line ${entry + 2} can't be read`, error)
    }
    entry++
  })

  return {
    read: lines.read,
    end: lines.end,
    finish() {
      const known = categories.toStrings().map((json) => categoryNumber(json.slice(1, -1)))
      return {
        starts: new Uint32Array(starts),
        ends: new Uint32Array(ends),
        byTitle: orderBy(titles),
        category: new Uint8Array(category.map((number) => known[number]!)),
        requires: new Uint32Array(requires),
        requirements: requirements.toStrings(),
        ...builder.finish(),
      }
    },
  }
}

function jsonOf(bytes: Buffer, { start, end }: Span): string {
  return bytes.toString('utf8', start, end)
}

function textOf(bytes: Buffer, span: Span): string {
  return span.escaped
    ? (JSON.parse(jsonOf(bytes, span)) as string)
    : bytes.toString('utf8', span.start + 1, span.end - 1)
}

function numberIn(table: WordTable, bytes: Buffer, { start, end }: Span): number {
  return table.numberOf(bytes, start, end, hashOf(bytes, start, end))
}

/** Positions of `texts`, the smallest first; equal ones in their order. */
function orderBy(texts: readonly string[]): Uint32Array {
  return Uint32Array.from(texts.keys()).sort((a, b) => {
    const [left, right] = [texts[a]!, texts[b]!]
    return left < right ? -1 : left > right ? 1 : a - b
  })
}
