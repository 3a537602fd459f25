import type { Words } from '../i18n/t.ts'
import engine from './engine.de.json'
import registry from './registry.de.json'
import window from './window.de.json'

export const words: Words = { ...engine, ...registry, ...window }
