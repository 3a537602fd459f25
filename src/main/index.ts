import { join } from 'node:path'
import { app, dialog, ipcMain, nativeTheme, shell, type BrowserWindow } from 'electron'
import { version } from '../../package.json'
import { orNull } from '../engine/or-null.ts'
import { readLogo } from '../engine/policy/logo.ts'
import { brandOf, createManagedPolicy, policySources } from '../engine/policy/managed-policy.ts'
import { droppedChannel } from '../shared/contract/channels.ts'
import type { WindowHandlers } from '../shared/contract/index.ts'
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
import { createBundleFiles } from './host/bundle-files.ts'
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
import { answer } from './ipc/register.ts'
import type { AnswerCall } from './ipc/register-calls.ts'
import { createSend } from './ipc/send.ts'
import { openLanguage } from './language.ts'
import { speakOwnWords } from './own-words.ts'
import { keepLifecycle } from './lifecycle.ts'
import { lookEveryMs } from '../shared/look-every.ts'
import { describeError } from './log.ts'
import { installMenu } from './menu.ts'
import { createOwnUpdates } from './own-updates.ts'
import { createPageDeaths } from './page-deaths.ts'
import { keepPreinstalled } from './preinstalled.ts'
import { createRuns } from './runs.ts'
import { takeScreenshot } from './screenshot.ts'
import { isTrustedSender } from './security.ts'
import { createStartup } from './startup.ts'
import type { Started } from './start-window.ts'
import { createAttention } from './attention.ts'
import { createTray, type TrayIcon } from './tray.ts'

/** Everything but the window itself: what the page can ask for, and what goes on without it. */
export async function openProgram({ home, log, window, openWindow, onOpened }: Started): Promise<AnswerCall> {
  const { env } = process
  const send = createSend(() => window()?.webContents ?? null)
  const bundles = createBundleFiles(send)
  onOpened(bundles.open)
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
    // Somebody may click already: that comes first.
    setTimeout(goOn, 500)
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
  const handlers: WindowHandlers = {
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
  }
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
  const keepWindow = (opened: BrowserWindow) => {
    const page = opened.webContents
    page.on('render-process-gone', (_event, { reason }) => onPageGone(reason))
    if (page.isCrashed()) onPageGone('crashed')
  }
  const showWindow = () => keepWindow(openWindow())
  let hasGoneOn = false
  /** What nobody has to wait for: after the first page. */
  const goOn = () => {
    if (hasGoneOn) return
    hasGoneOn = true
    engine
      .get()
      .catch(() => undefined)
      .finally(() => void bridge.start())
    tray = createTray(join(__dirname, '..', '..', 'resources', 'icon.png'), {
      show,
      quit: () => app.quit(),
    })
    tellTray()
    updates.start()
  }
  keepLifecycle({
    window,
    openWindow: showWindow,
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
    if (window() === null) showWindow()
    window()?.show()
    window()?.focus()
  }
  const first = window()
  if (first === null) goOn()
  else {
    keepWindow(first)
    // The page asks for it first; what is wrong with it is told to whoever asks.
    void engine.get().catch(() => undefined)
    // A page that never gets as far must not keep agents waiting.
    setTimeout(goOn, 10_000).unref()
  }
  return (name, input) => answer(name, handlers, input, log)
}
