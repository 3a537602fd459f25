import { join } from 'node:path'
import { app, dialog, ipcMain, nativeTheme, protocol, session, shell, type BrowserWindow } from 'electron'
import { version } from '../../package.json'
import { createEngine } from '../engine/engine.ts'
import { defaultHome } from '../engine/paths.ts'
import { SkilletError, exitStatusOf } from '../shared/errors.ts'
import { openAppearance } from './appearance.ts'
import { createEngineSource } from './engine-source.ts'
import { createChooser } from './host/dialogs.ts'
import { createFiles } from './host/files.ts'
import { showPage } from './host/page-viewer.ts'
import { catalogHandlers } from './ipc/handlers/catalog.ts'
import { createInstalls } from './ipc/handlers/install.ts'
import { keyHandlers } from './ipc/handlers/keys.ts'
import { libraryHandlers } from './ipc/handlers/library.ts'
import { overviewHandlers } from './ipc/handlers/overview.ts'
import { runHandlers } from './ipc/handlers/run.ts'
import { registerCalls } from './ipc/register.ts'
import { createSend } from './ipc/send.ts'
import { keepLifecycle } from './lifecycle.ts'
import { createLog, describeError, type Log } from './log.ts'
import { installMenu } from './menu.ts'
import { registerAppScheme, serveRenderer } from './protocol.ts'
import { createRuns } from './runs.ts'
import { takeScreenshot } from './screenshot.ts'
import { isTrustedSender, lockAllContents, lockSession } from './security.ts'
import { openWindow } from './window.ts'

const home = defaultHome()

if (process.getuid?.() === 0) refuseRoot()
// Not before: root would leave folders behind that the person's own Skillet can't write to.
else start(createLog(home))

/** Chromium's own sandbox is off as root, and what escaped from a skill would own the computer. */
function refuseRoot(): void {
  const error = new SkilletError('RUNNING_AS_ROOT', 'Skillet does not run as root.')
  process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`)
  dialog.showErrorBox(error.message, error.remedy)
  app.exit(exitStatusOf(error.code))
}

function start(log: Log): void {
  // One Skillet a folder: the lock, cookies and caches of Chromium lie under it too.
  app.setPath('userData', join(home, 'window'))
  if (!app.requestSingleInstanceLock()) return app.quit()
  app.enableSandbox()
  // No page of ours needs a name looked up, and a lookup alone can carry data out (<link rel=dns-prefetch>).
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  registerAppScheme(protocol)
  lockAllContents(app)
  void app
    .whenReady()
    .then(() => open(log))
    .catch((error: unknown) => {
      log(`Skillet could not start: ${describeError(error)}`)
      dialog.showErrorBox('Skillet could not start', error instanceof Error ? error.message : String(error))
      app.exit(1)
    })
}

async function open(log: Log): Promise<void> {
  const { env } = process
  const engine = createEngineSource(() =>
    createEngine({
      home,
      registryUrl: env['SKILLET_REGISTRY'] || null,
      trustRootFile: env['SKILLET_TRUST_ROOT'] || null,
      apiKey: env['SKILLET_API_KEY'] || null,
      launcher: join(__dirname, '..', 'sandbox', 'skillet-launcher'),
      log,
    }),
  )
  const ownSession = session.defaultSession
  lockSession(ownSession)
  serveRenderer(ownSession, join(__dirname, '..', 'renderer'))
  installMenu()
  const appearance = await openAppearance(home, (choice) => (nativeTheme.themeSource = choice), log)

  let window: BrowserWindow | null = null
  const showWindow = () => {
    const opened = openWindow(ownSession)
    opened.once('closed', () => (window = null))
    window = opened
  }
  const contents = () => window?.webContents ?? null
  const send = createSend(contents)
  const chooser = createChooser(dialog, () => window)
  const files = createFiles({
    showPage: (path) => showPage(path, window),
    open: (path) => shell.openPath(path),
    reveal: (path) => shell.showItemInFolder(path),
  })
  const runs = createRuns({
    engine,
    send,
    log,
    wasChosen: (path) => chooser.wasChosen(path),
    onReceipt: (receipt) => files.remember(receipt),
  })
  const onReady = () => {
    const file = env['SKILLET_SCREENSHOT']
    const page = contents()
    if (file && page !== null)
      takeScreenshot(page, file).then(
        () => log(`screenshot written to ${file}`),
        (error: unknown) => log(`the screenshot failed: ${describeError(error)}`),
      )
  }
  const installs = createInstalls(engine, send)
  registerCalls(
    {
      ...catalogHandlers(engine),
      ...installs.handlers,
      ...libraryHandlers(engine),
      ...runHandlers(runs),
      ...keyHandlers(engine),
      ...overviewHandlers({ engine, appearance, version, onReady }),
      ...chooser.handlers,
      ...files.handlers,
    },
    {
      handle: (channel, listener) => ipcMain.handle(channel, listener),
      isTrusted: (event) => isTrustedSender(event, contents()),
      log,
    },
  )
  keepLifecycle({
    window: () => window,
    openWindow: showWindow,
    stopEverything: async () => {
      installs.stopAll()
      await runs.stopAll()
    },
    log,
  })
  showWindow()
}
