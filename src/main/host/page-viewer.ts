import { randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { BrowserWindow, session } from 'electron'

/**
 * Shows a page that a skill wrote. In the person's browser it could run scripts and send what the skill has read to
 * anywhere; here it is paper: no script, no request but for the file itself, a session of its own that is gone when the
 * window closes. Resolves once the page is shown.
 * @param parent the app's window, with which this one closes
 */
export async function showPage(path: string, parent: BrowserWindow | null): Promise<void> {
  const page = pathToFileURL(path).href
  const own = session.fromPartition(randomUUID())
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  own.setPermissionCheckHandler(() => false)
  own.on('will-download', (event) => event.preventDefault())
  own.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: details.url.split('#')[0] !== page && !details.url.startsWith('data:') }),
  )
  // Hints such as <link rel=preconnect> are no requests; a proxy that isn't there leads them nowhere.
  await own.setProxy({ mode: 'fixed_servers', proxyRules: '127.0.0.1:9', proxyBypassRules: '<-loopback>' })
  const window = new BrowserWindow({
    width: 1000,
    height: 760,
    ...(parent === null ? {} : { parent }),
    autoHideMenuBar: true,
    backgroundColor: '#ffffff',
    webPreferences: {
      session: own,
      javascript: false,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  await window.loadURL(page)
}
