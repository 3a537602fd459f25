import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Language } from '../../shared/i18n/languages.ts'
import { currentLanguage, learn, onLanguage, type Words } from '../../shared/i18n/t.ts'

const load: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ default: Words }>>> = {
  de: () => import('../../shared/locales/rules.de.json'),
  ar: () => import('../../shared/locales/rules.ar.json'),
}

/**
 * What a review says, for `say`: fetched when a screen first shows findings (`wanted`), and drawn anew when it is there.
 * Until then, and where it can't be fetched, findings are in English.
 */
export function useRuleWords(wanted = true): void {
  const language = useSyncExternalStore(onLanguage, currentLanguage)
  const [, setLearnt] = useState<Language | null>(null)
  useEffect(() => {
    if (!wanted || language === 'en') return
    let shown = true
    load[language]().then(
      ({ default: words }) => {
        learn(language, words)
        if (shown) setLearnt(language)
      },
      () => {},
    )
    return () => {
      shown = false
    }
  }, [wanted, language])
}
