import type { Words } from '../i18n/t.ts'
import { words as window } from './de.ts'
import own from './console.de.json'
import registry from './registry.de.json'

/**
 * The console draws with parts of the window, so it needs the window's words too; where both say a word, its own. What the
 * registry says is known by its sentences, as the engine's are.
 */
export const words: Words = { ...window, ...registry, ...own }
