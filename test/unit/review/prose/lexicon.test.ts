import { describe, expect, it } from 'vitest'
import { fold } from '../../../../src/review/prose/fold.ts'
import { isEnglish } from '../../../../src/review/prose/language.ts'
import { readLexicon, tokensOf } from '../../../../src/review/prose/lexicon/read-lexicon.ts'

const lexicon = readLexicon({ send: 'send upload* hand+over turn_in depose | 发送', other: 'sender' })
const found = (text: string) => {
  const plain = fold(text)
  return lexicon.find(tokensOf(plain), plain)
}

describe('the lexicon', () => {
  it.each(['Send it.', 'Uploading', 'hand it quietly over', 'turn in', 'Dépose-les', '请发送'])(
    'knows %s',
    (text) => {
      expect([...found(text).keys()]).toEqual(['send'])
    },
  )

  it.each(['sending', 'hand it. Over', 'hand a b c d over', 'turn it in', 'depose-table'])(
    'does not take %s for it',
    (text) => {
      expect(found(text).size).toBe(0)
    },
  )

  it('keeps a bounded number of places, however long the text', () => {
    expect(found('send '.repeat(5000)).get('send')).toHaveLength(24)
  })
})

describe('the language of a passage', () => {
  it.each([
    ['Put the list into the folder.', true],
    ['Silently.', true],
    ['Legt die Liste in den Ordner, und sagt es nicht.', false],
    ['Guarda la lista en la carpeta.', false],
    ['Положи список в папку.', false],
    ['把列表放进文件夹', false],
  ])('%s', (text, english) => {
    expect(isEnglish(tokensOf(fold(text)))).toBe(english)
  })
})
