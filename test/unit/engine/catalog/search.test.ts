import { expect, test } from 'vitest'
import { searchCatalog } from '../../../../src/engine/catalog/search.ts'
import { catalogEntrySchema, type CatalogEntry } from '../../../../src/shared/catalog.ts'

const entry = (slug: string, title: string, summary: string, tags: string[] = []): CatalogEntry =>
  catalogEntrySchema.parse({
    slug,
    version: '1.0.0',
    title,
    summary,
    publisher: 'northwind',
    category: 'data',
    tags,
    tier: 'free',
    capabilities: [],
    needsKey: false,
    requires: {},
    alternatives: [],
    publishedAt: '2026-11-01T00:00:00Z',
  })
const catalog = [
  entry('log-summary', 'Log summary', 'Counts levels in a log.'),
  entry('csv-profile', 'CSV profile', 'Columns of a table.', ['csv', 'statistics']),
  entry('table-notes', 'Notes', 'Keeps résumés and notes.', ['table']),
]
const find = (text: string) => searchCatalog(catalog, text).map(({ slug }) => slug)

test('every word must match, wherever it stands', () => {
  expect(find('csv')).toEqual(['csv-profile'])
  expect(find('profile table')).toEqual(['csv-profile'])
  expect(find('csv log')).toEqual([])
})

test('a name weighs more than a description', () => {
  expect(find('table')).toEqual(['table-notes', 'csv-profile'])
})

test('case and accents make no difference, and nothing asked for is everything', () => {
  expect(find('RESUMES')).toEqual(['table-notes'])
  expect(find('  ')).toHaveLength(3)
})
