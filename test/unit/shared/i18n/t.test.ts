import { afterEach, describe, expect, it } from 'vitest'
import { languageOf } from '../../../../src/shared/i18n/languages.ts'
import { say } from '../../../../src/shared/i18n/say.ts'
import { speak, t } from '../../../../src/shared/i18n/t.ts'

afterEach(() => speak('en', {}))

describe('languageOf', () => {
  it('takes the first of the system’s languages that Skillet speaks, in any spelling', () => {
    expect(languageOf(['fr-FR', 'de_AT.UTF-8', 'en-US'])).toBe('de')
    expect(languageOf(['AR-EG'])).toBe('ar')
    expect(languageOf(['fr', 'C'])).toBe('en')
    expect(languageOf([])).toBe('en')
  })
})

describe('t', () => {
  it('says the English sentence with its values and the plural that the number wants', () => {
    expect(t('Delete {{count}} removed skills for good?', { count: 1 })).toBe(
      'Delete 1 removed skill for good?',
    )
    expect(t('Delete {{count}} removed skills for good?', { count: 1234 })).toBe(
      'Delete 1,234 removed skills for good?',
    )
  })

  it('takes what strangers wrote as text, whatever signs are in it', () => {
    speak('de', { '{{title}} is gone.': '{{title}} ist weg.', gone: 'weg' })
    expect(t('{{title}} is gone.', { title: '$t(gone) {{title}} a.b:c' })).toBe(
      '$t(gone) {{title}} a.b:c ist weg.',
    )
  })

  it('has all six Arabic plural forms and keeps values apart from the direction of the sentence', () => {
    const forms = ['zero', 'one', 'two', 'few', 'many', 'other']
    speak('ar', Object.fromEntries(forms.map((form) => [`{{count}} skills_${form}`, `${form} {{count}}`])))
    expect([0, 1, 2, 3, 11, 100].map((count) => t('{{count}} skills', { count }))).toEqual(
      [0, 1, 2, 3, 11, 100].map((count, index) => `${forms[index]} ${count}`),
    )
    speak('ar', { 'Open {{path}}': 'افتح {{path}}' })
    expect(t('Open {{path}}', { path: '/a/b' })).toBe('افتح \u2068/a/b\u2069')
  })
})

describe('say', () => {
  const words = {
    'The disk is full.': 'Die Festplatte ist voll.',
    '{{0}} needs {{1}}.': '{{1}} braucht {{0}}.',
    '{{0}} needs {{1}} of memory.': 'Speicherbedarf von {{0}}: {{1}}.',
    'It failed: {{0}}': 'Fehlgeschlagen: {{0}}',
  }

  it('knows the engine’s sentences by their fixed words, the most telling first', () => {
    speak('de', words)
    expect(say('The disk is full.')).toBe('Die Festplatte ist voll.')
    expect(say('upscale needs 2 GB of memory.')).toBe('Speicherbedarf von upscale: 2 GB.')
    expect(say('upscale needs a key.')).toBe('a key braucht upscale.')
  })

  it('says a sentence inside a sentence, and several one after the other', () => {
    speak('de', words)
    expect(say('It failed: The disk is full.')).toBe('Fehlgeschlagen: Die Festplatte ist voll.')
    expect(say('The disk is full. Who knows why. The disk is full.')).toBe(
      'Die Festplatte ist voll. Who knows why. Die Festplatte ist voll.',
    )
  })

  it('leaves what nobody translated, and everything in English, as it is', () => {
    speak('de', words)
    expect(say('Something else')).toBe('Something else')
    expect(say('')).toBe('')
    speak('en', {})
    expect(say('The disk is full.')).toBe('The disk is full.')
  })

  it('looks at long text of a stranger’s once', () => {
    speak('de', { 'a {{0}} b {{1}} b {{2}} b {{3}} c': 'x {{0}}{{1}}{{2}}{{3}}' })
    const text = `a ${' b '.repeat(200_000)}`
    expect(say(text)).toContain(' b ')
  })
})
