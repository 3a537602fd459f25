import { join } from 'node:path'
import { languageChoiceSchema, type LanguageChoice, type LanguageState } from '../shared/contract/language.ts'
import { languageOf, type Language } from '../shared/i18n/languages.ts'
import { openKeptChoice } from './kept-choice.ts'
import type { Log } from './log.ts'

export interface LanguagePorts {
  /** The system's languages, best first: BCP 47 tags. */
  preferred: () => readonly string[]
  /** What administrators chose for everybody; null: nothing. */
  managed: () => Promise<Language | null>
  /** Called with the language at start and on each change. */
  apply: (language: Language) => void
  log: Log
}

/** The language of the window and of main's own words. */
export interface LanguageSetting {
  get(): Promise<LanguageState>
  set(choice: LanguageChoice): Promise<LanguageState>
}

/** Keeps the person's choice in `language.json`. Administrators' counts before it, the system's where neither chose. */
export async function openLanguage(
  home: string,
  { preferred, managed, apply, log }: LanguagePorts,
): Promise<LanguageSetting> {
  const kept = await openKeptChoice<LanguageChoice>(
    { file: join(home, 'language.json'), schema: languageChoiceSchema, usual: 'system' },
    () => {},
    log,
  )
  const get = async (): Promise<LanguageState> => {
    const fixed = await managed()
    const choice = fixed ?? kept.get()
    const language = choice === 'system' ? languageOf(preferred()) : choice
    apply(language)
    return { choice, language, fixed: fixed !== null }
  }
  await get()
  return {
    get,
    async set(choice) {
      await kept.set(choice)
      return get()
    },
  }
}
