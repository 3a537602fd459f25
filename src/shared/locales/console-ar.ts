import type { Words } from '../i18n/t.ts'
import own from './console.ar.json'
import { words as window } from './ar.ts'

/** The console draws with parts of the window, so it needs the window's words too; where both say a word, its own. */
export const words: Words = { ...window, ...own }
