import { app, type BrowserWindow } from 'electron'
import { describeError, type Log } from './log.ts'

/** Single instance, closing and quitting. */
export function keepLifecycle(ports: {
  window: () => BrowserWindow | null
  openWindow: () => void
  /** Skillet was started again, with these words in this folder. */
  onWords: (words: readonly string[], workingFolder: string) => void
  /** Resolves when nothing of ours runs any more. */
  stopEverything: () => Promise<void>
  /** Whether Skillet lives on beside the clock when its window is closed. */
  staysWithoutWindow: () => boolean
  log: Log
}): void {
  app.on('second-instance', (_event, words, workingFolder) => {
    ports.onWords(words, workingFolder)
    const window = ports.window()
    if (window === null) return ports.openWindow()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  // On a Mac the app lives on without a window.
  const needWindow = () => {
    if (ports.window() === null) ports.openWindow()
  }
  app.on('activate', needWindow)
  app.on('open-file', needWindow)
  app.on('open-url', needWindow)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !ports.staysWithoutWindow()) app.quit()
  })
  let stopped = false
  app.on('before-quit', (event) => {
    if (stopped) return
    // A skill must not outlive the window in which it can be stopped.
    event.preventDefault()
    void ports
      .stopEverything()
      .catch((error: unknown) => ports.log(`stopping failed: ${describeError(error)}`))
      .finally(() => {
        stopped = true
        app.quit()
      })
  })
}
