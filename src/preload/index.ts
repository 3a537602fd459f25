import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { callChannel, droppedChannel, eventChannel, languageChannel } from '../shared/contract/channels.ts'
import type { CallName, EventName } from '../shared/contract/index.ts'
import type { Language } from '../shared/i18n/languages.ts'
import { bridgeOf } from './bridge.ts'

// The build writes in the contract's names: its schemas would cost every window 20 ms and are main's to apply.
declare const contractNames: { readonly calls: readonly CallName[]; readonly events: readonly EventName[] }

/** Electron has `webUtils` since 29 and took `File.path` away in 32. */
function pathOf(file: object): string {
  if (!(file instanceof File)) return ''
  if ((webUtils as typeof webUtils | undefined) !== undefined) return webUtils.getPathForFile(file)
  return (file as File & { path?: string }).path ?? ''
}

contextBridge.exposeInMainWorld(
  'skillet',
  bridgeOf({
    callNames: contractNames.calls,
    eventNames: contractNames.events,
    invoke: (name, input) => ipcRenderer.invoke(callChannel(name), input),
    listen(name, listener) {
      // The event object carries ipcRenderer itself; the window gets the payload alone.
      const wrapped = (_event: unknown, payload: unknown) => listener(payload)
      ipcRenderer.on(eventChannel(name), wrapped)
      return () => void ipcRenderer.removeListener(eventChannel(name), wrapped)
    },
    pathOf,
    dropped: (path) => ipcRenderer.send(droppedChannel, path),
    platform: process.platform,
    firstLanguage: ipcRenderer.sendSync(languageChannel) as Language | null,
  }),
)
