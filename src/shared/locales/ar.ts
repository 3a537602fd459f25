import type { Words } from '../i18n/t.ts'
import engine from './engine.ar.json'
import registry from './registry.ar.json'
import window from './window.ar.json'

export const words: Words = { ...engine, ...registry, ...window }
