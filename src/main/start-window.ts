import { join } from 'node:path'
import {
  app,
  crashReporter,
  dialog,
  ipcMain,
  nativeTheme,
  protocol,
  session,
  type BrowserWindow,
  type Session,
} from 'electron'
import { defaultHome } from '../engine/paths.ts'
import { builtInPolicyFile, systemPolicyFile } from '../engine/policy/policy-places.ts'
import { SkilletError, exitStatusOf } from '../shared/errors.ts'
import { languageChannel } from '../shared/contract/channels.ts'
import type { CallName } from '../shared/contract/index.ts'
import { hiddenWord } from './hidden-word.ts'
import { firstAppearance, firstLanguage } from './first-look.ts'
import { createLog, describeError, type Log } from './log.ts'
import { registerCalls } from './ipc/register-calls.ts'
import { registerAppScheme, serveRenderer } from './protocol.ts'
import { isTrustedSender, lockAllContents, lockSession } from './security.ts'
import { openWindow } from './window.ts'

// The build writes in the contract's names: its schemas would keep the window waiting.
declare const contractNames: { readonly calls: readonly CallName[] }

/** What there is when the rest of the program comes. */
export interface Started {
  home: string
  log: Log
  /** Null while there is none. */
  window: () => BrowserWindow | null
  openWindow: () => BrowserWindow
  /** Hears what Skillet was started or opened with, also before: words, and the folder that paths among them start from. */
  onOpened: (listener: (words: readonly string[], folder: string) => void) => void
}

// Opens the window first, and reads everything else while the window's own processes start. Each import here makes every
// start longer.
const folder = defaultHome()
if (process.getuid?.() === 0) refuseRoot()
// Not before: root would leave folders behind that the person's own Skillet can't write to.
else start(folder, createLog(folder))

/** Chromium's own sandbox is off as root, and what escaped from a skill would own the computer. */
function refuseRoot(): void {
  const error = new SkilletError('RUNNING_AS_ROOT', 'Skillet does not run as root.')
  process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`)
  dialog.showErrorBox(error.message, error.remedy)
  app.exit(exitStatusOf(error.code))
}

function start(home: string, log: Log): void {
  // One Skillet a folder: the lock, cookies and caches of Chromium lie under it too.
  app.setPath('userData', join(home, 'window'))
  app.setPath('crashDumps', join(home, 'crashes'))
  // For whoever looks after this computer; nothing is sent anywhere.
  crashReporter.start({ uploadToServer: false })
  if (!app.requestSingleInstanceLock()) return app.quit()
  app.enableSandbox()
  // No page of ours needs a name looked up, and a lookup alone can carry data out (<link rel=dns-prefetch>).
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  registerAppScheme(protocol)
  lockAllContents(app)
  const onOpened = keepOpened()
  // Linux and macOS learn of the scheme from the package.
  if (app.isPackaged && process.platform === 'win32') app.setAsDefaultProtocolClient('skillet')
  void app
    .whenReady()
    .then(async () => {
      const ownSession = session.defaultSession
      lockSession(ownSession)
      serveRenderer(ownSession, join(__dirname, '..', 'renderer'))
      nativeTheme.themeSource = firstAppearance(home)
      let current: BrowserWindow | null = null
      const window = () => current
      const open = () => {
        const opened = openWindow(ownSession)
        current = opened
        opened.once('closed', () => (current = null))
        return opened
      }
      const isHidden = process.argv.includes(hiddenWord)
      const served = isHidden ? Promise.resolve() : scriptServed(ownSession)
      if (!isHidden) open()
      const answering = served
        .then(() => import('./index.ts'))
        .then(({ openProgram }) => openProgram({ home, log, window, openWindow: open, onOpened }))
      registerCalls(contractNames.calls, answering, {
        handle: (channel, listener) => ipcMain.handle(channel, listener),
        isTrusted: (event) => isTrustedSender(event, current?.webContents ?? null),
        log,
      })
      let language = firstLanguage(home, {
        policies: process.platform === 'linux' ? [builtInPolicyFile(__dirname), systemPolicyFile] : null,
        preferred: () => app.getPreferredSystemLanguages(),
      })
      ipcMain.on(languageChannel, (event) => {
        event.returnValue = isTrustedSender(event, current?.webContents ?? null) ? language : null
      })
      await answering
      // It can change from now on, and a page that comes later asks for it.
      language = null
    })
    .catch(async (error: unknown) => {
      log(`Skillet could not start: ${describeError(error)}`)
      // Where not even this can be read, English has to do.
      const { t } = await import('../shared/i18n/t.ts').catch(() => ({ t: (text: string) => text }))
      dialog.showErrorBox(
        t('Skillet could not start'),
        error instanceof Error ? error.message : String(error),
      )
      app.exit(1)
    })
}

/**
 * Resolves when the page has its script, or after a second in any case. Whatever blocks this thread before holds up the
 * window's own processes and the page's files; the page then needs a while to read what it got.
 */
function scriptServed({ webRequest }: Session): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1000)
    webRequest.onCompleted(({ resourceType }) => {
      if (resourceType !== 'script') return
      webRequest.onCompleted(null)
      resolve()
    })
  })
}

/** Keeps what is opened until somebody listens; macOS names a file before anything else is ready. */
function keepOpened(): Started['onOpened'] {
  const waiting: [words: readonly string[], folder: string][] = [[process.argv.slice(1), process.cwd()]]
  let take = (words: readonly string[], folder: string): void => {
    waiting.push([words, folder])
  }
  const takeOne = (event: { preventDefault: () => void }, word: string) => {
    event.preventDefault()
    take([word], '/')
  }
  app.on('open-file', takeOne)
  app.on('open-url', takeOne)
  return (listener) => {
    take = listener
    for (const [words, folder] of waiting.splice(0)) listener(words, folder)
  }
}
