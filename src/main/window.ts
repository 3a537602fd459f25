import { join } from 'node:path'
import { BrowserWindow, nativeTheme, type Session } from 'electron'
import { APP_URL } from './app-url.ts'

// The window's own paper, so that nothing flashes before the first paint.
const paper = { light: '#f7f5f2', dark: '#171512' }

/** Opens the one window. Shown when its first content is drawn, or after two seconds in any case. */
export function openWindow(session: Session): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 900,
    minHeight: 640,
    show: false,
    title: 'Skillet',
    backgroundColor: nativeTheme.shouldUseDarkColors ? paper.dark : paper.light,
    autoHideMenuBar: true,
    icon: join(__dirname, '..', '..', 'resources', 'icon.png'),
    webPreferences: {
      session,
      preload: join(__dirname, '..', 'preload', 'index.cjs'),
      // The page shows text written by strangers. Each line keeps it a page and no more.
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    },
  })
  const show = () => {
    if (!window.isDestroyed() && !window.isVisible()) window.show()
  }
  window.once('ready-to-show', show)
  // A page that cannot draw must not leave a dead app without a window.
  setTimeout(show, 2000)
  void window.loadURL(APP_URL)
  return window
}
