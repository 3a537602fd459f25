import type { Language } from '../i18n/languages.ts'
import type { Words } from '../i18n/t.ts'
import arabic from './main.ar.json'
import german from './main.de.json'

/** Main's own words: menus, dialogs, notifications. */
export const mainWords: Readonly<Record<Language, Words>> = { en: {}, de: german, ar: arabic }
