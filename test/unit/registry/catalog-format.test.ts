import { expect, it } from 'vitest'
import { catalogLines, formatCatalog } from '../../../src/registry/catalog-format.ts'

const text = (lines: string[]) => Buffer.from(formatCatalog(lines)).toString('utf8')
const line = (slug: string) => JSON.stringify({ slug, title: 'Ü, "}],\n{"slug":"other"' })

it('puts one entry on a line, and is JSON all the same', () => {
  expect(text([])).toBe('{"schema":1,"skills":[\n]}\n')
  const catalog = text([line('a'), line('b-c')])
  expect(catalog.split('\n')).toHaveLength(5)
  expect(JSON.parse(catalog)).toEqual({
    schema: 1,
    skills: [line('a'), line('b-c')].map((one) => JSON.parse(one)),
  })
})

it('gives the lines back that it was made of', () => {
  for (const slugs of [[], ['a'], ['a', 'b', 'c-d']]) {
    const lines = slugs.map(line)
    expect([...catalogLines(formatCatalog(lines))]).toEqual(slugs.map((slug, at) => [slug, lines[at]]))
  }
})
