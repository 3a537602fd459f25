import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { expect, test, vi } from 'vitest'
import type { LoadedCatalog } from '../../../../src/engine/catalog/loaded-catalog.ts'
import type { CatalogEntry } from '../../../../src/shared/catalog.ts'
import type { CatalogQuery } from '../../../../src/engine/ports.ts'
import { matchRequirements } from '../../../../src/engine/probe/match.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'
import { catalogBytes, catalogEntry, indexOf, loadCatalog, modestComputer } from '../../../support/catalog.ts'
import { plainFold, plainQuery, plainWords } from '../../../support/plain-words.ts'

// Many cases, on computers that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const everything: CatalogQuery = { text: '', category: null, fits: null, offset: 0, limit: 1000 }

const load = (entries: readonly CatalogEntry[]): LoadedCatalog => loadCatalog(catalogBytes(entries))
const finder = (entries: readonly CatalogEntry[]) => {
  const catalog = load(entries)
  return (text: string, query: Partial<CatalogQuery> = {}) =>
    catalog.search({ ...everything, text, ...query }).entries.map(({ slug }) => slug)
}

const find = finder([
  catalogEntry('log-summary', { title: 'Log summary', summary: 'Counts levels in a log.' }),
  catalogEntry('csv-profile', {
    title: 'CSV profile',
    summary: 'Columns of a table.',
    tags: ['csv', 'statistics'],
  }),
  catalogEntry('table-notes', { title: 'Notes', summary: 'Keeps résumés and notes.', tags: ['table'] }),
])

test('every word must match, wherever it stands', () => {
  expect(find('csv')).toEqual(['csv-profile'])
  expect(find('profile table')).toEqual(['csv-profile'])
  expect(find('csv log')).toEqual([])
})

test('a name weighs more than a description', () => {
  expect(find('table')).toEqual(['table-notes', 'csv-profile'])
})

test('case and accents make no difference, and nothing asked for is everything, in the order of the names', () => {
  expect(find('RESUMES')).toEqual(['table-notes'])
  expect(find('  ')).toEqual(['csv-profile', 'log-summary', 'table-notes'])
})

test('nothing but punctuation is nothing', () => {
  expect(find('—?!')).toEqual([])
})

test('each letter typed narrows what is found, down to the word and on to the next', () => {
  for (const text of ['c', 'cs', 'csv', 'csv ', 'csv p', 'csv-prof', 'csv profile tab'])
    expect(find(text)).toContain('csv-profile')
})

test('from three letters on, the inside of a word counts', () => {
  expect(find('file')).toEqual(['csv-profile'])
  expect(find('fi')).toEqual([])
})

test('the start of a title comes before its other words, those before the inside of one; whole words come first', () => {
  const ordered = finder([
    catalogEntry('a', { title: 'Photographs' }),
    catalogEntry('b', { title: 'Sort photographs' }),
    catalogEntry('c', { title: 'Telephotos' }),
    catalogEntry('d', { title: 'Zoom', summary: 'Makes a photo larger.' }),
    catalogEntry('e', { title: 'Zip', tags: ['photo'] }),
    catalogEntry('f', { title: 'Sort a photo' }),
  ])
  expect(ordered('photo')).toEqual(['a', 'f', 'b', 'c', 'e', 'd'])
})

test('languages that put no spaces between words are found by any part', () => {
  const found = finder([
    catalogEntry('search', { title: '全文検索', summary: '書類の中を検索します。' }),
    catalogEntry('table', { title: '表計算ファイルの変換' }),
    catalogEntry('thai', { title: 'แปลภาษาไทย' }),
  ])
  expect(found('検索')).toEqual(['search'])
  expect(found('検')).toEqual(['search'])
  expect(found('文検索')).toEqual(['search'])
  expect(found('ファイル')).toEqual(['table'])
  expect(found('ﾌｧｲﾙ')).toEqual(['table'])
  expect(found('検表')).toEqual([])
  expect(found('ภาษา')).toEqual(['thai'])
})

test('a title that looks like JSON is a title', () => {
  const found = finder([
    catalogEntry('a', { title: '["é", \\" {]', summary: 'tab\there "quoted" \u00e9l\u00e8ve' }),
  ])
  for (const text of ['é', 'tab here', 'quoted', 'eleve']) expect(found(text)).toEqual(['a'])
})

test('only a category, only what fits, and a part of it at a time; the total counts all of it', () => {
  const catalog = load([
    catalogEntry('a', { category: 'data' }),
    catalogEntry('b', { category: 'files', requires: { executables: ['python3'] } }),
    catalogEntry('c', { category: 'files', requires: { vram_mb: 4096 } }),
    catalogEntry('d', { category: 'files' }),
  ])
  const search = (query: Partial<CatalogQuery>) => {
    const { entries, total } = catalog.search({ ...everything, ...query })
    return [entries.map(({ slug }) => slug).join(''), total]
  }
  expect(search({ category: 'files' })).toEqual(['bcd', 3])
  expect(search({ fits: modestComputer })).toEqual(['abd', 3])
  expect(search({ fits: { ...modestComputer, executables: {} } })).toEqual(['ad', 2])
  expect(search({ category: 'files', fits: modestComputer, text: 'does' })).toEqual(['bd', 2])
  expect(search({ offset: 1, limit: 2 })).toEqual(['bc', 4])
  expect(search({ text: 'does', offset: 3, limit: 2 })).toEqual(['d', 4])
  expect(search({ text: 'does', offset: 9, limit: 2 })).toEqual(['', 4])
  expect(catalog.programs()).toEqual(['python3'])
})

test('skills are found by name, each alone and many at once', () => {
  const entries = ['a', 'ab', 'a-b', 'b', 'c1'].map((slug) => catalogEntry(slug))
  const catalog = load(entries)
  expect(catalog.getAll(['c1', 'nothing', 'a-b', 'a'])).toEqual([entries[4], null, entries[2], entries[0]])
  expect(load([]).getAll(['a'])).toEqual([null])
  expect(load([]).search({ ...everything, text: 'a' })).toEqual({ entries: [], total: 0 })
})

/** What the skills are worth that the old search found, which went through all of them with `includes`. */
function scanned(entry: CatalogEntry, words: readonly string[]): number {
  const title = plainFold(entry.title)
  const names = plainFold([entry.slug, ...entry.tags].join(' '))
  const rest = plainFold([entry.summary, entry.publisher, entry.category].join(' '))
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

test('finds in the demo catalog what a scan finds, in its order', () => {
  const folder = new URL('../../../../skills/', import.meta.url)
  const entries = readdirSync(folder).map((name) => {
    const manifest = skillManifestSchema.parse(
      parse(readFileSync(new URL(`${name}/skill.toml`, folder), 'utf8')),
    )
    const { slug, title, summary, publisher, category, tags } = manifest
    return catalogEntry(slug, { title, summary, publisher, category, tags })
  })
  const search = finder(entries)
  const words = new Set(
    entries.flatMap(({ title, summary }) => plainFold(`${title} ${summary}`).match(/[a-z]{3,}/g) ?? []),
  )
  const queries = [...words].flatMap((word, index) => [
    word,
    word.slice(0, 3),
    `${word} ${[...words][(index * 7) % words.size] ?? ''}`,
  ])
  for (const query of queries) {
    const parts = [...new Set(query.split(' '))]
    const worth = new Map(entries.map((entry) => [entry.slug, scanned(entry, parts)]))
    const found = search(query)
    expect(new Set(found), query).toEqual(
      new Set([...worth].filter(([, score]) => score > 0).map(([slug]) => slug)),
    )
    const scores = found.map((slug) => worth.get(slug) ?? 0)
    expect(scores, query).toEqual([...scores].sort((a, b) => b - a))
  }
})

/** The rules once more, as plainly as can be: word by word, without any index. */
function reference(
  entries: readonly CatalogEntry[],
  query: CatalogQuery,
): { slugs: string[]; total: number } {
  const words = plainQuery(query.text)
  const isBlank = query.text.trim() === ''
  const found = [...entries]
    .sort((a, b) => (a.slug < b.slug ? -1 : 1))
    .map((entry) => ({ entry, worth: isBlank ? 1 : worthOf(entry, words) }))
    .filter(
      ({ entry, worth }) =>
        worth > 0 &&
        (query.category === null || entry.category === query.category) &&
        (query.fits === null || matchRequirements(entry.requires, query.fits).ok),
    )
  if (!isBlank)
    found.sort((a, b) => {
      const [left, right] = [plainFold(a.entry.title), plainFold(b.entry.title)]
      return b.worth - a.worth || (left < right ? -1 : left > right ? 1 : 0)
    })
  const slugs = found.map(({ entry }) => entry.slug)
  return { slugs: slugs.slice(query.offset, query.offset + query.limit), total: slugs.length }
}

function worthOf(entry: CatalogEntry, words: readonly string[]): number {
  const title = plainWords(entry.title)
  const names = [entry.slug, ...entry.tags].flatMap((text) => plainWords(text))
  const rest = [entry.summary, entry.publisher, entry.category].flatMap((text) => plainWords(text))
  let total = 0
  for (const word of words) {
    const isIn = (one: string) => one.startsWith(word) || (word.length >= 3 && one.includes(word))
    const points =
      (title[0]?.startsWith(word)
        ? 8
        : title.some((one) => one.startsWith(word))
          ? 6
          : title.some(isIn)
            ? 4
            : 0) +
      (names.some(isIn) ? 3 : 0) +
      (rest.some(isIn) ? 1 : 0)
    if (points === 0) return 0
    total += points + ([...title, ...names].includes(word) ? 1 / 128 : 0)
  }
  return words.length === 0 ? 0 : total
}

const someWord = fc.oneof(
  fc.constantFrom(
    'log',
    'logs',
    'blog',
    'Logik',
    'csv',
    'a',
    'ab',
    'Émile',
    'Straße',
    '検索',
    '全文検索',
    'C++',
    'data',
    '🎉',
    '𠮷野',
  ),
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
)
const someText = fc
  .array(someWord, { minLength: 1, maxLength: 5 })
  .map((words) => words.join(' ').slice(0, 80))
const someSlug = fc.stringMatching(/^[a-z]{1,3}(-[a-z0-9]{1,4}){0,2}$/)
const someEntry = fc
  .record({
    slug: someSlug,
    title: someText,
    summary: someText,
    publisher: fc.constantFrom('logic', 'north'),
    category: fc.constantFrom('data' as const, 'files' as const),
    tags: fc.array(someSlug, { maxLength: 3 }),
    requires: fc.constantFrom({}, { executables: ['python3'] }, { memory_mb: 99_999 }),
  })
  .map(({ slug, ...fields }) => catalogEntry(slug, fields))
const someQuery = fc.record({
  text: fc.oneof(fc.constant(''), someWord, someText),
  category: fc.constantFrom(null, 'data', 'files'),
  fits: fc.constantFrom(null, modestComputer),
  offset: fc.nat({ max: 4 }),
  limit: fc.nat({ max: 8 }),
})

test('any catalog is searched as by the plain rules', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(someEntry, { selector: ({ slug }) => slug, maxLength: 12 }),
      fc.array(someQuery, { minLength: 1, maxLength: 6 }),
      (entries, queries) => {
        const catalog = load(entries)
        for (const query of queries) {
          const { entries: found, total } = catalog.search(query)
          expect({ slugs: found.map(({ slug }) => slug), total }).toEqual(reference(entries, query))
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('any entry of any catalog comes back as it was', () => {
  fc.assert(
    fc.property(fc.uniqueArray(someEntry, { selector: ({ slug }) => slug, maxLength: 12 }), (entries) => {
      expect(load(entries).getAll(entries.map(({ slug }) => slug))).toEqual(entries)
    }),
  )
})

test('however it is cut into parts, a catalog has one index', () => {
  const bytes = catalogBytes(['a', 'b', 'c'].map((slug) => catalogEntry(slug, { title: '全文検索 für é' })))
  const whole = indexOf(bytes)
  for (const partSize of [1, 2, 7, 100, 333]) expect(indexOf(bytes, partSize)).toEqual(whole)
})
