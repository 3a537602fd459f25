import { join } from 'node:path'
import {
  app,
  crashReporter,
  dialog,
  ipcMain,
  nativeTheme,
  protocol,
  session,
  shell,
  type BrowserWindow,
} from 'electron'
import { version } from '../../package.json'
import { defaultHome } from '../engine/paths.ts'
import { orNull } from '../engine/or-null.ts'
import { readLogo } from '../engine/policy/logo.ts'
import { brandOf, createManagedPolicy, policySources } from '../engine/policy/managed-policy.ts'
import { droppedChannel } from '../shared/contract/channels.ts'
import { SkilletError, exitStatusOf } from '../shared/errors.ts'
import { t } from '../shared/i18n/t.ts'
import { onDisk } from '../shared/on-disk.ts'
import type { Receipt } from '../shared/receipt.ts'
import { createAgentAccess } from './agent-access.ts'
import { openAppearance } from './appearance.ts'
import { createBridgeHost } from './bridge-host.ts'
import { createEngineSource } from './engine-source.ts'
import { createChooser } from './host/dialogs.ts'
import { createCrashes } from './crashes.ts'
import { createChainRuns } from './chain-runs.ts'
import { createBundleFiles, type BundleFiles } from './host/bundle-files.ts'
import { createFiles } from './host/files.ts'
import { showPage } from './host/page-viewer.ts'
import { createChangeListener } from './ipc/changes.ts'
import { agentHandlers } from './ipc/handlers/agents.ts'
import { agentAccessHandlers } from './ipc/handlers/agent-access.ts'
import { bridgeHandlers } from './ipc/handlers/bridge.ts'
import { catalogHandlers } from './ipc/handlers/catalog.ts'
import { chainHandlers } from './ipc/handlers/chains.ts'
import { createInstalls } from './ipc/handlers/install.ts'
import { languageHandlers } from './ipc/handlers/language.ts'
import { keyHandlers } from './ipc/handlers/keys.ts'
import { libraryHandlers } from './ipc/handlers/library.ts'
import { overviewHandlers } from './ipc/handlers/overview.ts'
import { managedHandlers } from './ipc/handlers/managed.ts'
import { permissionHandlers } from './ipc/handlers/permissions.ts'
import { programHandlers } from './ipc/handlers/program.ts'
import { runHandlers } from './ipc/handlers/run.ts'
import { telemetryHandlers } from './ipc/handlers/telemetry.ts'
import { updateHandlers } from './ipc/handlers/updates.ts'
import { registerCalls } from './ipc/register.ts'
import { createSend, type Send } from './ipc/send.ts'
import { openLanguage } from './language.ts'
import { speakOwnWords } from './own-words.ts'
import { keepLifecycle } from './lifecycle.ts'
import { lookEveryMs } from './look-every.ts'
import { createLog, describeError, type Log } from './log.ts'
import { installMenu } from './menu.ts'
import { createOwnUpdates } from './own-updates.ts'
import { createPageDeaths } from './page-deaths.ts'
import { keepPreinstalled } from './preinstalled.ts'
import { registerAppScheme, serveRenderer } from './protocol.ts'
import { createRuns } from './runs.ts'
import { takeScreenshot } from './screenshot.ts'
import { isTrustedSender, lockAllContents, lockSession } from './security.ts'
import { createStartup, hiddenWord } from './startup.ts'
import { createAttention } from './attention.ts'
import { createTray, type TrayIcon } from './tray.ts'
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
  app.setPath('crashDumps', join(home, 'crashes'))
  // For whoever looks after this computer; nothing is sent anywhere.
  crashReporter.start({ uploadToServer: false })
  if (!app.requestSingleInstanceLock()) return app.quit()
  app.enableSandbox()
  // No page of ours needs a name looked up, and a lookup alone can carry data out (<link rel=dns-prefetch>).
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  registerAppScheme(protocol)
  lockAllContents(app)
  let window: BrowserWindow | null = null
  const host: Host = {
    log,
    send: createSend(() => window?.webContents ?? null),
    window: () => window,
    showWindow(onPageGone) {
      const opened = openWindow(session.defaultSession, onPageGone)
      opened.once('closed', () => (window = null))
      window = opened
    },
  }
  const bundles = createBundleFiles(host.send)
  bundles.open(process.argv.slice(1), process.cwd())
  // macOS names the file that was opened here, and may do so before anything else is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault()
    bundles.open([path], '/')
  })
  app.on('open-url', (event, link) => {
    event.preventDefault()
    bundles.open([link], '/')
  })
  // Linux and macOS learn of the scheme from the package.
  if (app.isPackaged && process.platform === 'win32') app.setAsDefaultProtocolClient('skillet')
  void app
    .whenReady()
    .then(() => open(host, bundles))
    .catch((error: unknown) => {
      log(`Skillet could not start: ${describeError(error)}`)
      dialog.showErrorBox(
        t('Skillet could not start'),
        error instanceof Error ? error.message : String(error),
      )
      app.exit(1)
    })
}

/** The one window, and how to speak to it. */
interface Host {
  log: Log
  send: Send
  window: () => BrowserWindow | null
  showWindow: (onPageGone: (reason: string) => void) => void
}

async function open({ log, send, window, showWindow }: Host, bundles: BundleFiles): Promise<void> {
  const { env } = process
  const managed = createManagedPolicy(policySources(__dirname))
  const engine = createEngineSource(async () => {
    // Loaded while the window's own process starts, which takes longer.
    const { createEngine } = await import('../engine/engine.ts')
    const opened = await createEngine({
      home,
      registryUrl: env['SKILLET_REGISTRY'] || null,
      trustRootFile: env['SKILLET_TRUST_ROOT'] || null,
      apiKey: env['SKILLET_API_KEY'] || null,
      launcher: onDisk(join(__dirname, '..', 'sandbox', 'skillet-launcher')),
      managed,
      lookEveryMs: lookEveryMs(env),
      agent: 'window',
      log,
    })
    opened.onChange(createChangeListener(send))
    void keepPreinstalled(opened, send, log)
    return opened
  })
  const ownSession = session.defaultSession
  lockSession(ownSession)
  serveRenderer(ownSession, join(__dirname, '..', 'renderer'))
  installMenu()
  const appearance = await openAppearance(home, (choice) => (nativeTheme.themeSource = choice), log)

  let tray: TrayIcon | null = null
  let asking = 0
  const tellTray = () => tray?.update(runs.running() + chainRuns.running(), asking)
  const language = await openLanguage(home, {
    preferred: () => app.getPreferredSystemLanguages(),
    managed: async () => (await orNull(managed.read(), 5000))?.language ?? null,
    apply(spoken) {
      speakOwnWords(spoken)
      tellTray()
    },
    log,
  })

  const contents = () => window()?.webContents ?? null
  const chooser = createChooser(dialog, window)
  const files = createFiles({
    showPage: (path) => showPage(path, window()),
    open: (path) => shell.openPath(path),
    reveal: (path) => shell.showItemInFolder(path),
  })
  const runPorts = {
    engine,
    send,
    log,
    wasChosen: (path: string) => chooser.wasChosen(path),
    onReceipt: (receipt: Pick<Receipt, 'read' | 'written'>) => files.remember(receipt),
    onRunning: () => tellTray(),
  }
  const runs = createRuns(runPorts)
  const chainRuns = createChainRuns(runPorts)
  const attention = createAttention({ window, show: () => show() })
  const access = createAgentAccess({
    home,
    engine,
    managed: () => managed.read(),
    send,
    onAsked: attention.call,
    onWaiting(count) {
      asking = count
      attention.count(count)
      tellTray()
    },
    log,
  })
  const bridge = createBridgeHost({
    home,
    version,
    engine,
    access: () => access.get(),
    managed: () => managed.read(),
    log,
  })
  const startup = createStartup(app, { program: process.env['APPIMAGE'] ?? process.execPath })
  let startsAtLogin = await startup.isOn()
  const updates = createOwnUpdates({
    engine: () => engine.get(),
    resources: app.isPackaged ? process.resourcesPath : null,
    current: version,
    home,
    lookEveryMs: lookEveryMs(env),
    onFound: (state) => send('updates.changed', state),
    log,
  })
  const stopRuns = async () => {
    await Promise.all([runs.stopAll(), chainRuns.stopAll()])
  }
  const onReady = () => {
    updates.tellAgain()
    const file = env['SKILLET_SCREENSHOT']
    const page = contents()
    if (file && page !== null)
      takeScreenshot(page, file).then(
        () => log(`screenshot written to ${file}`),
        (error: unknown) => log(`the screenshot failed: ${describeError(error)}`),
      )
  }
  const mayOpen = (path: string) => bundles.wasNamed(path) || chooser.wasChosen(path)
  const installs = createInstalls({ engine, send, mayOpen })
  registerCalls(
    {
      ...catalogHandlers(engine),
      ...installs.handlers,
      ...libraryHandlers({
        engine,
        onKept: (folder) => files.remember({ read: [], written: [folder] }),
      }),
      ...runHandlers(runs),
      ...chainHandlers({ engine, runs: chainRuns, mayOpen }),
      ...keyHandlers(engine),
      ...languageHandlers(language),
      ...permissionHandlers(engine),
      ...telemetryHandlers(engine),
      ...agentHandlers(engine, send),
      ...agentAccessHandlers(access, () => managed.read()),
      ...bridgeHandlers(bridge),
      ...managedHandlers({
        managed,
        logoOf: (policy) => readLogo(policy, brandOf(__dirname)),
        dialog,
        window,
        log,
      }),
      ...overviewHandlers({ engine, appearance, version, onReady, onReceipt: runPorts.onReceipt }),
      ...programHandlers({
        startup: {
          isOn: startup.isOn,
          async set(on) {
            await startup.set(on)
            startsAtLogin = on
          },
        },
        isInstalled: app.isPackaged,
        crashes: createCrashes(app.getPath('crashDumps')),
        revealCrashes: () => shell.openPath(app.getPath('crashDumps')),
        licences: join(process.resourcesPath, 'THIRD-PARTY-LICENSES.txt'),
      }),
      ...updateHandlers(
        updates.get,
        (path) => shell.openPath(path),
        (path) => shell.showItemInFolder(path),
      ),
      ...chooser.handlers,
      ...files.handlers,
      ...bundles.handlers,
    },
    {
      handle: (channel, listener) => ipcMain.handle(channel, listener),
      isTrusted: (event) => isTrustedSender(event, contents()),
      log,
    },
  )
  ipcMain.on(droppedChannel, (event, path: unknown) => {
    if (isTrustedSender(event, contents())) bundles.dropped(path)
  })
  const onPageGone = createPageDeaths({
    stopRuns,
    reload: () => contents()?.reload(),
    giveUp() {
      dialog.showErrorBox(t('Skillet’s window keeps failing'), t('Start Skillet again.'))
      app.quit()
    },
    log,
  })
  keepLifecycle({
    window,
    openWindow: () => showWindow(onPageGone),
    onWords: (words, workingFolder) => bundles.open(words.slice(1), workingFolder),
    staysWithoutWindow: () => tray !== null && startsAtLogin,
    stopEverything: async () => {
      installs.stopAll()
      await stopRuns()
      await bridge.stop()
      await access.close()
      await engine.close()
    },
    log,
  })
  const show = () => {
    if (window() === null) showWindow(onPageGone)
    window()?.show()
    window()?.focus()
  }
  const goOn = () => {
    // While the page draws itself: it asks for it next. Earlier would hold up the page's own files. What is wrong with it is
    // told to whoever asks.
    engine
      .get()
      .catch(() => undefined)
      .finally(() => void bridge.start())
    tray ??= createTray(join(__dirname, '..', '..', 'resources', 'icon.png'), {
      show,
      quit: () => app.quit(),
    })
    tellTray()
    updates.start()
  }
  if (process.argv.includes(hiddenWord)) return goOn()
  showWindow(onPageGone)
  contents()?.once('dom-ready', goOn)
}
