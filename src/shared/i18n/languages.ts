/** The languages that Skillet's window speaks, English first: its sentences are the keys of all others. */
export const languages = ['en', 'de', 'ar'] as const
export type Language = (typeof languages)[number]

/** Each language's own name for itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  ar: 'العربية',
}

// Arabic keeps the digits that versions, addresses and paths have in any case.
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', ar: 'ar-u-nu-latn' }

/** What `Intl` formats dates, numbers and lists by: a BCP 47 tag. */
export function localeOf(language: Language): string {
  return locales[language]
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The first of a system's languages (BCP 47, best first) that Skillet speaks; English where it speaks none. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const base = tag.split(/[-_.]/)[0]?.toLowerCase()
    const found = languages.find((language) => language === base)
    if (found !== undefined) return found
  }
  return 'en'
}
