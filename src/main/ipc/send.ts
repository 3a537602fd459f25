import type { WebContents } from 'electron'
import { eventChannel } from '../../shared/contract/channels.ts'
import { events, type EventName, type EventOf } from '../../shared/contract/index.ts'

export type Send = <E extends EventName>(name: E, payload: EventOf<E>) => void

/** Sends typed, checked events to the window, if it is still there. */
export function createSend(contents: () => WebContents | null): Send {
  return (name, payload) => {
    const target = contents()
    if (target !== null && !target.isDestroyed()) target.send(eventChannel(name), events[name].parse(payload))
  }
}
