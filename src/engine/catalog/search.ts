import type { CatalogEntry } from '../../shared/catalog.ts'

/**
 * Skills that match every word of `text`, best first: a word weighs most in the title, then in the name and tags, then in
 * the rest. Without text, the catalog's own order.
 */
export function searchCatalog(entries: readonly CatalogEntry[], text: string): CatalogEntry[] {
  const words = fold(text).split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...entries]
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.entry.title.localeCompare(b.entry.title))
    .map(({ entry }) => entry)
}

function scoreOf(entry: CatalogEntry, words: readonly string[]): number {
  const title = fold(entry.title)
  const names = fold([entry.slug, ...entry.tags].join(' '))
  const rest = fold([entry.summary, entry.publisher, entry.category].join(' '))
  let total = 0
  for (const word of words) {
    const score =
      (title.startsWith(word) ? 8 : title.includes(` ${word}`) ? 6 : title.includes(word) ? 4 : 0) +
      (names.includes(word) ? 3 : 0) +
      (rest.includes(word) ? 1 : 0)
    if (score === 0) return 0
    total += score
  }
  return total
}

/** Case and accents don't matter to somebody who searches. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
