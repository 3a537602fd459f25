import { catalogEntrySchema, type CatalogEntry } from '../../shared/catalog.ts'
import type { CatalogQuery } from '../ports.ts'
import { damagedCatalog } from './catalog-lines.ts'
import { createWordFinder } from './find-words.ts'
import { createFits, programsOf } from './fits.ts'
import { pageOfAll, pageOfBest, type Page } from './page.ts'
import { createEntryScanner } from './scan-entry.ts'
import { categoryNumber, type SearchIndex } from './search-index.ts'
import { createQueryReader } from './words.ts'

/** A catalog that is open. Each call ends at once; each throws SkilletError METADATA_INVALID for an entry that is malformed. */
export interface LoadedCatalog {
  search(query: CatalogQuery): { entries: CatalogEntry[]; total: number }
  getAll(slugs: readonly string[]): (CatalogEntry | null)[]
  programs(): string[]
}

/** A part of the `catalog.json` that the index was made of. */
export type ReadBytes = (start: number, end: number) => Buffer

/** @param parsed keeps every entry that was read; null where that would be too many */
export function createLoadedCatalog(
  readBytes: ReadBytes,
  index: SearchIndex,
  parsed: Map<number, CatalogEntry> | null = null,
): LoadedCatalog {
  const count = index.starts.length
  const scan = createEntryScanner()
  const readQuery = createQueryReader()
  const findWords = createWordFinder(index)
  const fitsOn = createFits(index.requirements)
  const jsonOf = (entry: number) => readBytes(index.starts[entry]!, index.ends[entry]!)

  function read(entry: number): CatalogEntry {
    const known = parsed?.get(entry)
    if (known !== undefined) return known
    const read = parse(entry)
    parsed?.set(entry, read)
    return read
  }

  function parse(entry: number): CatalogEntry {
    const json = jsonOf(entry)
    try {
      return catalogEntrySchema.parse(JSON.parse(json.toString()))
    } catch (error) {
      throw damagedCatalog(`line ${entry + 2} is malformed`, error)
    }
  }

  /** Entries are in the order of their slugs. */
  function find(slug: string): CatalogEntry | null {
    const wanted = Buffer.from(JSON.stringify(slug))
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >>> 1
      const json = jsonOf(middle)
      const found = scan(json, 0, json.length)?.slug
      const order = wanted.compare(json, found?.start, found?.end)
      if (order === 0) return read(middle)
      if (order > 0) low = middle + 1
      else high = middle
    }
    return null
  }

  function toAccepts({ category, fits }: CatalogQuery): (entry: number) => boolean {
    const wanted = category === null ? null : categoryNumber(category)
    const meets = fits === null ? null : fitsOn(fits)
    return (entry) =>
      (wanted === null || index.category[entry] === wanted) &&
      (meets === null || meets(index.requires[entry] ?? 0))
  }

  function findPage(query: CatalogQuery): Page {
    const accepts = toAccepts(query)
    if (query.text.trim() === '') return pageOfAll(count, accepts, query)
    const words = readQuery(query.text)
    // Nothing but punctuation: no word of any skill.
    if (words.length === 0) return { entries: [], total: 0 }
    return pageOfBest(findWords(words), index.byTitle, accepts, query)
  }

  return {
    search(query) {
      const { entries, total } = findPage(query)
      return { entries: entries.map(read), total }
    },
    getAll: (slugs) => slugs.map(find),
    programs: () => programsOf(index.requirements),
  }
}
