import { useSyncExternalStore } from 'react'
import { directionOf, localeOf, type Language } from '../shared/i18n/languages.ts'
import { currentLanguage, onLanguage, speak, type Words } from '../shared/i18n/t.ts'

// English is in the code; the others are fetched from the app itself when they are first spoken.
const load: Readonly<Record<Language, () => Promise<Words>>> = {
  en: () => Promise.resolve({}),
  de: async () => (await import('../shared/locales/de.ts')).words,
  ar: async () => {
    const [{ words }] = await Promise.all([import('../shared/locales/ar.ts'), import('./ui/arabic.css')])
    return words
  },
}

/** Has the window speak a language: its words, its direction, and what a screen reader takes it for. */
export async function speakLanguage(language: Language): Promise<void> {
  const words = await load[language]()
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
  speak(language, words)
}

/** The language that is spoken, and the locale that dates and numbers follow. */
export function useLanguage(): { language: Language; locale: string } {
  const language = useSyncExternalStore(onLanguage, currentLanguage)
  return { language, locale: localeOf(language) }
}
