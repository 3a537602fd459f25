import type { CallName, EventName } from './index.ts'

/** The IPC channel of one call, window → main. */
export const callChannel = (name: CallName): string => `call:${name}`
/** The IPC channel of one event, main → window. */
export const eventChannel = (name: EventName): string => `event:${name}`
/** The preload's own word, window → main: this file was dropped onto the window. No call of the page's goes here. */
export const droppedChannel = 'bundle:dropped'
/** The preload's own question, answered at once: the language that the first page speaks, or null where that isn't known yet. */
export const languageChannel = 'language:first'
