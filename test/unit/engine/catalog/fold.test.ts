import { expect, test } from 'vitest'
import { fold, queryWordsOf, wordsOf } from '../../../../src/engine/catalog/fold.ts'

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
  expect(fold(text)).toBe(folded)
})

test('words are runs of letters and digits, and symbols one by one', () => {
  expect(wordsOf(fold('CSV-profile, v2 (beta)'))).toEqual(['csv', 'profile', 'v2', 'beta'])
  expect(wordsOf(fold('C++ and C#'))).toEqual(['c', '+', '+', 'and', 'c', '#'])
  expect(wordsOf(fold('Größe & Maß'))).toEqual(['grosse', 'mass'])
  expect(wordsOf(fold('🎉 party'))).toEqual(['🎉', 'party'])
  expect(wordsOf('')).toEqual([])
})

test('text without spaces becomes pairs and its last character; Latin within it stays whole', () => {
  expect(wordsOf(fold('全文検索'))).toEqual(['全文', '文検', '検索', '索'])
  expect(wordsOf(fold('CSVファイル変換'))).toEqual(['csv', 'ファ', 'ァイ', 'イル', 'ル変', '変換', '換'])
  expect(wordsOf(fold('表'))).toEqual(['表'])
  // Beyond the basic plane: a character is never cut in two.
  expect(wordsOf('𠮷野家')).toEqual(['𠮷野', '野家', '家'])
})

test('a search asks for pairs, or for the beginning of one', () => {
  expect(queryWordsOf(fold('検索'))).toEqual(['検索'])
  expect(queryWordsOf(fold('検'))).toEqual(['検'])
  expect(queryWordsOf(fold('csv csv 検索表'))).toEqual(['csv', '検索', '索表'])
})

test('Korean is found from the first letters of a syllable on', () => {
  expect(wordsOf(fold('한글'))[0]?.startsWith(queryWordsOf(fold('하'))[0] ?? '-')).toBe(true)
})
