import { useSyncExternalStore } from 'react'
import { directionOf, languageOf, languages, localeOf, type Language } from '../shared/i18n/languages.ts'
import { currentLanguage, onLanguage, speak, type Words } from '../shared/i18n/t.ts'

/** `browser`: the first of the browser's languages that the console speaks. */
export type LanguageChoice = 'browser' | Language

const item = 'skillet.language'

// English is in the code; the others are fetched from the registry when they are first spoken.
const load: Readonly<Record<Language, () => Promise<Words>>> = {
  en: () => Promise.resolve({}),
  de: async () => (await import('../shared/locales/console-de.ts')).words,
  ar: async () => {
    const [{ words }] = await Promise.all([
      import('../shared/locales/console-ar.ts'),
      import('../renderer/ui/arabic.css'),
    ])
    return words
  },
}

/** What the person chose in this browser, before anybody signs in too. */
export function chosenLanguage(kept: Pick<Storage, 'getItem'>): LanguageChoice {
  const choice = kept.getItem(item)
  return languages.find((language) => language === choice) ?? 'browser'
}

/** Keeps a choice in this browser. */
export function keepLanguage(kept: Pick<Storage, 'setItem' | 'removeItem'>, choice: LanguageChoice): void {
  if (choice === 'browser') kept.removeItem(item)
  else kept.setItem(item, choice)
}

/** Has the page speak what a choice comes to: its words, its direction, and what a screen reader takes it for. */
export async function speakChoice(choice: LanguageChoice, preferred: readonly string[]): Promise<void> {
  const language = choice === 'browser' ? languageOf(preferred) : choice
  const words = await load[language]()
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
  speak(language, words)
}

/** The locale that dates and numbers follow; what is drawn with it is drawn anew when another language is spoken. */
export function useLocale(): string {
  return localeOf(useSyncExternalStore(onLanguage, currentLanguage))
}
