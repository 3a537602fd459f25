import { app, Notification, type BrowserWindow } from 'electron'

/** Has a person look at Skillet who looks elsewhere. */
export interface Attention {
  /** Says these words beside the clock, unless the window is in front; a click on them shows it. */
  call(words: string): void
  /** So much waits for an answer: on the icon, where the system has room for it. */
  count(waiting: number): void
}

export function createAttention(ports: { window: () => BrowserWindow | null; show: () => void }): Attention {
  // One that isn't held on to is collected, and its click with it.
  let shown: Notification | null = null
  return {
    call(words) {
      const window = ports.window()
      if (window?.isFocused() === true) return
      window?.flashFrame(true)
      if (!Notification.isSupported()) return
      shown?.close()
      shown = new Notification({ title: 'Skillet', body: words })
      shown.on('click', ports.show)
      shown.show()
    },
    count(waiting) {
      app.setBadgeCount(waiting)
      if (waiting === 0) {
        shown?.close()
        shown = null
      }
    },
  }
}
