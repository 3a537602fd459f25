import type { CallName, EventName } from './index.ts'

/** The IPC channel of one call, window → main. */
export const callChannel = (name: CallName): string => `call:${name}`
/** The IPC channel of one event, main → window. */
export const eventChannel = (name: EventName): string => `event:${name}`
