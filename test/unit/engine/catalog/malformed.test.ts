import { describe, expect, test } from 'vitest'
import { catalogBytes, catalogEntry, indexOf, loadCatalog, modestComputer } from '../../../support/catalog.ts'

const good = catalogBytes([catalogEntry('a'), catalogEntry('b'), catalogEntry('c')]).toString()
const lineOf = (slug: string) => JSON.stringify(catalogEntry(slug))
const frame = (...lines: string[]) => `{"schema":1,"skills":[\n${lines.join(',\n')}\n]}\n`
const refuses = (text: string) =>
  expect(() => indexOf(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'METADATA_INVALID' }))

test('the well-formed catalog that the others are made of is taken', () => {
  expect(frame(lineOf('a'), lineOf('b'), lineOf('c'))).toBe(good)
  expect(indexOf(Buffer.from(good)).starts).toHaveLength(3)
  expect(indexOf(Buffer.from('{"schema":1,"skills":[\n]}\n')).starts).toHaveLength(0)
})

describe('a catalog is refused as a whole', () => {
  test.each([
    ['empty', ''],
    ['of another schema', good.replace('"schema":1', '"schema":2')],
    ['not laid out in lines', JSON.stringify(JSON.parse(good))],
    ['cut off', good.slice(0, -5)],
    ['cut off within the frame', '{"schema":1,"skills":[\n'],
    ['cut off in its first line', good.slice(0, 60)],
    ['followed by more', `${good}{}`],
    ['without its commas', good.replaceAll('},\n', '}\n')],
    ['with a comma too many', good.replace('}\n]', '},\n]')],
    ['with an empty line', frame(lineOf('a'), '', lineOf('b'))],
    ['out of order', frame(lineOf('b'), lineOf('a'))],
    ['with one skill twice', frame(lineOf('a'), lineOf('a'))],
    ['with a skill under an escaped name', frame(lineOf('a').replace('"slug":"a"', '"slug":"\\u0061"'))],
    ['with two entries on a line', frame(`${lineOf('a')},${lineOf('b')}`)],
    ['with a list for an entry', frame('[]')],
    ['with text for an entry', frame('"a"')],
    ['with an entry that has no end', frame(lineOf('a').slice(0, -1))],
    ['with a string that has no end', frame('{"slug":"a')],
    ['with a list that has no end', frame('{"slug":"a","tags":["x"')],
    ['with a key that has no value', frame('{"slug"}')],
    ['with a key that is no string', frame('{slug:"a"}')],
    ['with white space within', frame(JSON.stringify(catalogEntry('a'), null, ' ').replaceAll('\n', ''))],
    ['with a number for a title', frame(lineOf('a').replace('"title":"a"', '"title":7'))],
    ['with a text for tags', frame(lineOf('a').replace('"tags":[]', '"tags":"x"'))],
    ['with a list for requirements', frame(lineOf('a').replace(/"requires":\{[^}]*\}/, '"requires":[]'))],
    ['with a title that is no JSON', frame(lineOf('a').replace('"title":"a"', '"title":"\\q"'))],
    ['with a control character in a title', frame(lineOf('a').replace('"title":"a"', '"title":"\u0001"'))],
    ...['slug', 'title', 'summary', 'publisher', 'category', 'tags', 'requires'].map((field) => [
      `with an entry that has no ${field}`,
      frame(JSON.stringify({ ...catalogEntry('a'), [field]: undefined })),
    ]),
  ])('%s', (_, text) => refuses(text))

  test('cut off anywhere', () => {
    for (let length = 0; length < good.length; length++) refuses(good.slice(0, length))
  })
})

describe('an entry that only its reader can judge', () => {
  const everything = { text: '', category: null, fits: null, offset: 0, limit: 10 }
  const open = (bad: string) => loadCatalog(Buffer.from(frame(lineOf('a'), bad)))

  test.each([
    ['a version that is none', lineOf('b').replace('1.0.0', 'new')],
    ['a category that nobody knows', lineOf('b').replace('"data"', '"magic"')],
    ['a tag that is no word', lineOf('b').replace('"tags":[]', '"tags":["A B"]')],
    ['no end to its numbers', lineOf('b').replace('"memory_mb":0', '"memory_mb":0x')],
  ])('with %s is refused when it is read, and only then', (_, line) => {
    const catalog = open(line)
    expect(catalog.getAll(['a'])).toHaveLength(1)
    expect(catalog.search({ ...everything, limit: 1 }).total).toBe(2)
    const refused = expect.objectContaining({ code: 'METADATA_INVALID' })
    expect(() => catalog.getAll(['b'])).toThrow(refused)
    expect(() => catalog.search(everything)).toThrow(refused)
  })

  test('fits nowhere when its requirements are malformed', () => {
    const catalog = open(lineOf('b').replace('"memory_mb":0', '"memory_mb":"much"'))
    expect(catalog.search({ ...everything, fits: modestComputer })).toMatchObject({ total: 1 })
    expect(open(lineOf('b').replace('"memory_mb":0', '"memory_mb":0x')).programs()).toEqual([])
  })
})
