import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'
import {
  environment,
  root,
  runBuiltCli,
  startDemoRegistry,
  type CliRun,
  type DemoRegistry,
} from './e2e-registry.ts'
import { discoveryFile } from '../../src/bridge/discovery.ts'

/** One running app with a folder of its own. */
export interface SkilletApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly home: string
  /** The command line over the same folder and registry. */
  cli(args: string[], input?: string): Promise<CliRun>
  /** What the system's file chooser answers from now on; null is Cancel. */
  chooserAnswers(path: string | null): Promise<void>
}

/** One running app that may have no window. */
export type HiddenApp = Omit<SkilletApp, 'page'>

export interface LaunchOptions {
  /** Words after the program's own, such as a file to open. */
  args?: string[]
  /** A folder of an earlier start, kept by whoever names it. */
  home?: string
  /** An installed program (`e2e-installed.ts`), in place of what was built here. */
  program?: string
  /** Replaces what points the app at the demo registry. */
  env?: Record<string, string>
  /** Nobody has said yet whether statistics may be sent; otherwise somebody has said no. */
  undecided?: boolean
}

export const test = base.extend<
  {
    launch: (options?: LaunchOptions) => Promise<SkilletApp>
    /** The same where no window opens by itself. */
    launchHidden: (options?: LaunchOptions) => Promise<HiddenApp>
    skillet: SkilletApp
    /** A registry of this test's own; stopped at its end whatever happens. */
    ownRegistry: typeof startDemoRegistry
  },
  { registry: DemoRegistry }
>({
  registry: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const registry = await startDemoRegistry()
      await use(registry)
      await registry.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  launchHidden: async ({ registry }, use, info) => {
    const opened: { app: ElectronApplication; home: string }[] = []
    await use(async (options = {}) => {
      const home = options.home ?? (await mkdtemp(join(tmpdir(), 'skillet-home-')))
      if (options.undecided !== true && options.home === undefined) await decline(home)
      const env = {
        SKILLET_HOME: home,
        SKILLET_REGISTRY: registry.url,
        SKILLET_TRUST_ROOT: registry.trustRoot,
        SKILLET_API_KEY: registry.demoKey,
        ...options.env,
      }
      const app = await _electron.launch({
        executablePath: options.program ?? electronPath(),
        args: [...(options.program === undefined ? [root] : []), ...(options.args ?? [])],
        // English, on whoever's computer this is.
        env: { ...environment(), LANGUAGE: 'en', ...env },
        // Without this the driver switches Chromium's sandbox off.
        chromiumSandbox: true,
        // As the app itself chooses; otherwise the driver holds every page in light.
        colorScheme: null,
      })
      opened.push({ app, home })
      return {
        app,
        home,
        cli: (args, input = '') => runBuiltCli(args, { env, input }),
        chooserAnswers: (path) =>
          // The chooser is the operating system's own window, out of reach from here; all else is real.
          app.evaluate(({ dialog }, answer) => {
            dialog.showOpenDialog = () =>
              Promise.resolve(
                answer === null
                  ? { canceled: true, filePaths: [] }
                  : { canceled: false, filePaths: [answer] },
              )
          }, path),
      }
    })
    for (const { app, home } of opened) {
      const [page] = app.windows()
      if (info.status !== info.expectedStatus && page !== undefined)
        await info.attach('window', { body: await page.screenshot(), contentType: 'image/png' })
      await app.close()
      await rm(home, { recursive: true, force: true })
    }
  },
  launch: async ({ launchHidden }, use) => {
    await use(async (options) => {
      const hidden = await launchHidden(options)
      const page = await hidden.app.firstWindow()
      await page.setViewportSize({ width: 1280, height: 800 })
      return { ...hidden, page }
    })
  },
  // oxlint-disable-next-line no-empty-pattern
  ownRegistry: async ({}, use) => {
    const started: DemoRegistry[] = []
    await use(async (again) => {
      const registry = await startDemoRegistry(again)
      started.push(registry)
      return registry
    })
    for (const registry of started) await registry.stop()
  },
  skillet: async ({ launch }, use) => {
    await use(await launch())
  },
})

/** The real Electron that the tests drive. */
export function electronPath(): string {
  const path = process.env['SKILLET_ELECTRON']
  if (!path) throw new Error('SKILLET_ELECTRON must name the Electron to test with; npm test sets it.')
  return path
}

/** Installs a skill by hand, from its card on Discover, allowing everything that it asks for. */
export async function installByHand(page: Page, title: string): Promise<void> {
  await goTo(page, 'Discover')
  await page.getByRole('button', { name: `Install ${title}`, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: `Install ${title}` })
  const install = dialog.getByRole('button', { name: 'Install', exact: true })
  await expect(install).toBeVisible({ timeout: 30_000 })
  for (const question of await dialog
    .getByRole('list', { name: 'What it may do' })
    .getByRole('listitem')
    .all())
    await question.getByRole('radio', { name: 'Allow', exact: true }).click()
  await install.click()
  await expect(dialog.getByText('is in your Library')).toBeVisible({ timeout: 30_000 })
}

/** The questions of the open install dialog, once they are there. */
export async function questions(page: Page, title: string) {
  const dialog = page.getByRole('dialog', { name: `Install ${title}` })
  const list = dialog.getByRole('list', { name: 'What it may do' })
  await expect(list).toBeVisible({ timeout: 30_000 })
  return list.getByRole('listitem').all()
}

/** Goes to a page through the sidebar. */
export async function goTo(page: Page, noun: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: new RegExp(`^${noun}`) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: noun })).toBeVisible()
}

/** Agents can reach Skillet soon after its window shows, which comes first. */
export async function agentsCanAsk(home: string): Promise<void> {
  await expect.poll(() => existsSync(discoveryFile(home)), { timeout: 20_000 }).toBe(true)
}

export { expect }

/** No statistics, as the person's own choice. */
async function decline(home: string): Promise<void> {
  await mkdir(join(home, 'telemetry'), { mode: 0o700 })
  await writeFile(join(home, 'telemetry', 'choice.json'), '{"schema":1,"choice":"off","samples":[]}')
}
