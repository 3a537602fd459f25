import type { Language } from '../shared/i18n/languages.ts'
import { speak } from '../shared/i18n/t.ts'
import { mainWords } from '../shared/locales/main.ts'

/** Has main speak a language in its menus, dialogs and notifications. */
export function speakOwnWords(language: Language): void {
  speak(language, mainWords[language])
}
