import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createCharacters } from '../../../../src/engine/catalog/characters.ts'
import { createQueryReader, createWordReader } from '../../../../src/engine/catalog/words.ts'
import { plainFold, plainQuery, plainWords } from '../../../support/plain-words.ts'

// Many cases, on computers that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const queryWords = createQueryReader()

function wordsOf(text: string): string[] {
  const words: string[] = []
  const read = createWordReader(
    createCharacters(),
    (bytes, start, end) => words.push(Buffer.from(bytes.subarray(start, end)).toString()),
    { fullPairs: false },
  )
  const bytes = Buffer.from(`--${text}--`)
  read(bytes, 2, bytes.length - 2)
  return words
}

test.each([
  ['RÉSUMÉ', 'resume'],
  ['Łódź', 'lodz'],
  ['Straße', 'strasse'],
  ['Smørrebrød', 'smorrebrod'],
  ['İstanbul ılık', 'istanbul ilik'],
  ['ＷＩＤＥ', 'wide'],
  ['ﬁle', 'file'],
  ['ΛΌΓΟΣ', 'λογοσ'],
  ['Ёлка', 'елка'],
  ['ガイド', 'カイト'],
])('%s is searched as %s', (text, folded) => {
  expect(createCharacters().foldText(text)).toBe(folded)
})

test('words are runs of letters and digits, and symbols one by one', () => {
  expect(wordsOf('CSV-profile, v2 (beta)')).toEqual(['csv', 'profile', 'v2', 'beta'])
  expect(wordsOf('C++ and C#')).toEqual(['c', '+', '+', 'and', 'c', '#'])
  expect(wordsOf('Größe & Maß')).toEqual(['grosse', 'mass'])
  expect(wordsOf('🎉 party')).toEqual(['🎉', 'party'])
  expect(wordsOf('')).toEqual([])
})

test('text without spaces becomes pairs and its last character; Latin within it stays whole', () => {
  expect(wordsOf('全文検索')).toEqual(['全文', '文検', '検索', '索'])
  expect(wordsOf('CSVファイル変換')).toEqual(['csv', 'ファ', 'ァイ', 'イル', 'ル変', '変換', '換'])
  expect(wordsOf('表')).toEqual(['表'])
  // Beyond the basic plane: a character is never cut in two.
  expect(wordsOf('𠮷野家')).toEqual(['𠮷野', '野家', '家'])
})

test('a search asks for pairs, or for the beginning of one', () => {
  expect(queryWords('検索')).toEqual(['検索'])
  expect(queryWords('検')).toEqual(['検'])
  expect(queryWords('csv csv 検索表')).toEqual(['csv', '検索', '索表'])
})

test('Korean is found from the first letters of a syllable on', () => {
  expect(wordsOf('한글')[0]?.startsWith(queryWords('하')[0] ?? '-')).toBe(true)
})

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text).toString()),
  fc
    .array(
      fc.constantFrom(
        'a',
        'B7',
        ' ',
        '-',
        '検',
        '索',
        'カ',
        'ガ',
        'é',
        'ß',
        '+',
        '한',
        '½',
        '\u0301',
        '🎉',
        '𠮷',
        'ไ',
        'ท',
      ),
    )
    .map((parts) => parts.join('')),
)

test('any text has the words that the rules say, and is folded as they say', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(wordsOf(text)).toEqual(plainWords(text))
      expect(queryWords(text)).toEqual(plainQuery(text))
      expect(createCharacters().foldText(text)).toBe(plainFold(text))
    }),
    { numRuns: 1000 },
  )
})

test('bytes that are no text end in an error, not in the memory behind them', () => {
  const read = createWordReader(createCharacters(), () => undefined, { fullPairs: false })
  for (const bytes of [
    [0xff],
    [0xf0, 0x9f],
    [0xe6],
    [0x80],
    [0xfb, 0xbf, 0xbf, 0xbf],
    [0xf7, 0xbf, 0xbf, 0xbf],
  ])
    try {
      read(Uint8Array.from(bytes), 0, bytes.length)
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
    }
})
