import { contextBridge, ipcRenderer } from 'electron'
import { callChannel, eventChannel } from '../shared/contract/channels.ts'
import { contract, events, type CallName, type EventName } from '../shared/contract/index.ts'
import { bridgeOf } from './bridge.ts'

contextBridge.exposeInMainWorld(
  'skillet',
  bridgeOf({
    callNames: Object.keys(contract) as CallName[],
    eventNames: Object.keys(events) as EventName[],
    invoke: (name, input) => ipcRenderer.invoke(callChannel(name), input),
    listen(name, listener) {
      // The event object carries ipcRenderer itself; the window gets the payload alone.
      const wrapped = (_event: unknown, payload: unknown) => listener(payload)
      ipcRenderer.on(eventChannel(name), wrapped)
      return () => void ipcRenderer.removeListener(eventChannel(name), wrapped)
    },
    platform: process.platform,
  }),
)
