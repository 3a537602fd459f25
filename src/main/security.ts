import type { App, Session } from 'electron'
import { APP_HOST, APP_SCHEME } from './app-url.ts'

/** The parts of an `IpcMainInvokeEvent` that say who sent it. */
export interface Sender {
  readonly senderFrame: { readonly url: string } | null
  readonly sender: { readonly mainFrame: unknown }
}

/** True for our own page and nothing else. Parsed, since `startsWith` also takes `app://skillet.example`. */
export function isOwnUrl(url: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(url)
    return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === ''
  } catch {
    return false
  }
}

/**
 * The one choke point for calls: the sender must be the main frame of our own window, showing our own page.
 * A frame inside it, another window or a page that replaced ours is refused.
 */
export function isTrustedSender(event: Sender, ownWindow: Sender['sender'] | null): boolean {
  const frame = event.senderFrame
  return (
    ownWindow !== null &&
    event.sender === ownWindow &&
    frame !== null &&
    frame === event.sender.mainFrame &&
    isOwnUrl(frame.url)
  )
}

/** Everything that a page could ask of a session and that we never need. */
export function lockSession(session: Session): void {
  // Camera, microphone, location, notifications, clipboard reading, USB …: no screen of ours uses any.
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  // A download would write a file that nobody chose; what a skill writes never comes this way.
  session.on('will-download', (event) => event.preventDefault())
  // All data comes over IPC. A request to anywhere else is an exfiltration attempt; DevTools load their own pages.
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !isOwnUrl(details.url) && !isDevTools(details.url) }),
  )
  // Spell checking would fetch dictionaries from the Internet.
  session.setSpellCheckerEnabled(false)
}

function isDevTools(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'devtools:'
}

/** Locks every page that the app will ever make, also one that nobody planned. */
export function lockAllContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    // Leaving our page would put foreign content into a window that people trust.
    contents.on('will-navigate', (event, url) => {
      if (!isOwnUrl(url)) event.preventDefault()
    })
    contents.on('will-redirect', (event, url) => {
      if (!isOwnUrl(url)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnUrl(event.url)) event.preventDefault()
    })
    // A second window would not be the one that calls are accepted from.
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    // <webview> brings its own preferences, Node included.
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}
