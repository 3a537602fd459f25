import { createInstance } from 'i18next'
import english from '../locales/en.json'
import { directionOf, localeOf, type Language } from './languages.ts'

/** Sentences of one language by their English ones; those that count have a key for each plural form (`…_one`). */
export type Words = Readonly<Record<string, string>>
export type Values = Readonly<Record<string, string | number>>

// The English sentence is the key, so neither dots nor colons in it mean anything.
const i18n = createInstance()
void i18n.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  returnEmptyString: false,
  resources: { en: { translation: english } },
})

/** The language that `t` speaks at the moment. */
export function currentLanguage(): Language {
  return i18n.language as Language
}

/** What `Intl` formats by at the moment: a BCP 47 tag. */
export function currentLocale(): string {
  return localeOf(currentLanguage())
}

/** Speaks another language from now on; what was said already has to be said again. */
export function speak(language: Language, words: Words): void {
  learn(language, words)
  void i18n.changeLanguage(language)
}

/** Adds words to those of a language: such as few screens say. A new set of words, so that what was made of the old is known. */
export function learn(language: Language, words: Words): void {
  i18n.addResourceBundle(language, 'translation', words, false, true)
}

/** Tells when another language is spoken. Returns what stops that. */
export function onLanguage(listener: () => void): () => void {
  i18n.on('languageChanged', listener)
  return () => i18n.off('languageChanged', listener)
}

/** Everything that the language that is spoken has words for. */
export function currentWords(): Words {
  return i18n.getResourceBundle(i18n.language, 'translation') as Words
}

/** True where the language that is spoken has a sentence for this English one. */
export function hasWords(key: string): boolean {
  return i18n.exists(key, { fallbackLng: [] })
}

/**
 * An English sentence in the language of the window: `t('{{count}} skills', { count })`. Numbers are formatted, `count`
 * chooses the plural form. English where there is no translation.
 */
export function t(key: string, values: Values = {}): string {
  const { count } = values
  // Values are filled in below: i18next would read what strangers wrote for its own signs.
  const text = i18n.t(key, { skipInterpolation: true, ...(typeof count === 'number' ? { count } : {}) })
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : shown(value)
  })
}

function shown(value: string | number): string {
  if (typeof value === 'number') return new Intl.NumberFormat(currentLocale()).format(value)
  // A name or a path keeps its own direction, and doesn't turn the words around it (Unicode's isolates).
  return directionOf(currentLanguage()) === 'rtl' && value !== '' ? `\u2068${value}\u2069` : value
}
