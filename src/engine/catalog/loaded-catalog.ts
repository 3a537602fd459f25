import { catalogEntrySchema, type CatalogEntry } from '../../shared/catalog.ts'
import type { CatalogQuery } from '../ports.ts'
import { damagedCatalog } from './catalog-lines.ts'
import { createWordFinder } from './find-words.ts'
import { createFits, programsOf } from './fits.ts'
import { fold, queryWordsOf } from './fold.ts'
import { pageOfAll, pageOfBest, type Page } from './page.ts'
import { createEntryScanner } from './scan-entry.ts'
import { categoryNumber, countEntries, entryText, type SearchIndex } from './search-index.ts'

/** A catalog in memory. Each call ends at once; each throws SkilletError METADATA_INVALID for an entry that is malformed. */
export interface LoadedCatalog {
  search(query: CatalogQuery): { entries: CatalogEntry[]; total: number }
  getAll(slugs: readonly string[]): (CatalogEntry | null)[]
  programs(): string[]
}

/** `bytes`: the `catalog.json` that `index` was made of. */
export function createLoadedCatalog(bytes: Buffer, index: SearchIndex): LoadedCatalog {
  const count = countEntries(index)
  const scan = createEntryScanner(bytes)
  const findWords = createWordFinder(index)
  const fitsOn = createFits(index.requirements)

  function read(entry: number): CatalogEntry {
    try {
      return catalogEntrySchema.parse(JSON.parse(entryText(bytes, index.starts, entry)))
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
      const found = scan(index.starts[middle]!, index.starts[middle + 1]! - 2)?.slug
      const order = wanted.compare(bytes, found?.start, found?.end)
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
    const words = queryWordsOf(fold(query.text))
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
