import type { z } from 'zod'
import { agentAccessCalls, agentAccessEvents } from './agent-access.ts'
import { agentCalls, agentEvents } from './agents.ts'
import { bridgeCalls } from './bridge.ts'
import { chainCalls, chainEvents } from './chains.ts'
import type { Language } from '../i18n/languages.ts'
import type { Client, Handlers } from './define.ts'
import { installCalls, installProgressSchema } from './install.ts'
import { keyCalls } from './keys.ts'
import { languageCalls } from './language.ts'
import { managedCalls, managedEvents } from './managed.ts'
import { libraryCalls, libraryEvents } from './library.ts'
import { overviewCalls, overviewEvents } from './overview.ts'
import { programCalls } from './program.ts'
import { skillCalls } from './skills.ts'
import { telemetryCalls } from './telemetry.ts'
import { updateCalls, updateEvents } from './updates.ts'

/** Every call between the window and main. Declared once; main, preload and window are derived from it. */
export const contract = {
  ...skillCalls,
  ...installCalls,
  ...libraryCalls,
  ...chainCalls,
  ...keyCalls,
  ...managedCalls,
  ...languageCalls,
  ...overviewCalls,
  ...telemetryCalls,
  ...programCalls,
  ...updateCalls,
  ...agentAccessCalls,
  ...agentCalls,
  ...bridgeCalls,
}
export type Contract = typeof contract
export type CallName = keyof Contract

/** Every event that main may send to the window. */
export const events = {
  ...libraryEvents,
  ...chainEvents,
  ...managedEvents,
  ...overviewEvents,
  ...updateEvents,
  ...agentAccessEvents,
  ...agentEvents,
  'install.progress': installProgressSchema,
}
export type EventName = keyof typeof events
export type EventOf<E extends EventName> = z.output<(typeof events)[E]>

export type WindowHandlers = Handlers<Contract>

/** What the preload exposes as `window.skillet`. */
export interface SkilletBridge {
  readonly calls: Client<Contract>
  /** Listens to one event; the returned function stops listening. */
  on<E extends EventName>(event: E, listener: (payload: EventOf<E>) => void): () => void
  /** Where a dropped file lies: an absolute path, or an empty string for one that lies nowhere. */
  pathOf(file: object): string
  /** `process.platform` of main, for keyboard hints. */
  readonly platform: string
  /** What the page speaks from its first frame; null: ask with `language.get`. */
  readonly firstLanguage: Language | null
}
