// The second half of `npm run app`, never as root: builds, and opens the app on the demo registry.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { buildSteps, runBuildStep } from '../lib/build-steps.mjs'
import { lastLines } from '../lib/command.mjs'
import { startDemoRegistry, userDataFolder } from '../lib/demo-registry.mjs'
import { hasDisplay } from '../lib/display.mjs'
import { hasKeychain } from '../lib/keyring.mjs'
import { createSteps, runMain, Stop } from '../lib/say.mjs'
import { waitForScreenshot } from '../lib/screenshot.mjs'
import { startSession } from '../lib/session.mjs'
import { outerSteps } from '../lib/outer-steps.mjs'

const windowTimeoutMs = 90_000
const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const once = process.argv.includes('--once') || process.env['CI'] === 'true'
const headless = !hasDisplay()

/** @param {string} electron @param {NodeJS.ProcessEnv} env @param {string} log */
function openApp(electron, env, log) {
  const output = openSync(log, 'w')
  const child = spawn(electron, [folder], { cwd: folder, env, stdio: ['ignore', output, output] })
  closeSync(output)
  const ended = new Promise((/** @type {(code: number) => void} */ resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 0))
  })
  // Ctrl-C reaches the app by itself; this script waits for it, then ends the registry and the session.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return { child, ended }
}

await runMain(async () => {
  process.chdir(folder)
  const { step } = createSteps(...outerSteps())
  for (const build of buildSteps(folder)) {
    await step(
      build.title,
      () => runBuildStep(folder, build),
      ({ built }) => (built ? undefined : 'unchanged'),
    )
  }
  const logs = join(folder, 'out/logs')
  await mkdir(logs, { recursive: true })
  const { registry, address } = await step(
    'Starting the demo registry',
    () => startDemoRegistry(folder, join(logs, 'registry.log')),
    (started) => started.address.url,
  )
  /** @type {Array<() => Promise<void>>} */
  const stops = [registry.stop]
  try {
    const picture = join(folder, 'out/screenshot.png')
    const log = join(logs, 'app.log')
    const app = await step('Opening the app', async (say) => {
      const keyring = !(await hasKeychain()) || headless
      if (headless) say('there is no display here, so the window opens on one without a screen (Xvfb)')
      if (keyring) say('there is no keychain here, so a gnome-keyring of its own is started')
      const keyringFolder = join(userDataFolder(), 'skillet-dev/keyring')
      const session = await startSession({ display: headless, keyring, keyringFolder })
      stops.push(session.stop)
      await rm(picture, { force: true })
      const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
      const opened = openApp(
        process.env['SKILLET_ELECTRON'] ?? '',
        {
          ...env,
          ...session.env,
          SKILLET_REGISTRY: address.url,
          SKILLET_TRUST_ROOT: address.trustRoot,
          SKILLET_API_KEY: address.demoKey,
          ...(headless ? { SKILLET_SCREENSHOT: picture } : {}),
        },
        log,
      )
      stops.push(async () => void opened.child.kill('SIGTERM'))
      if (!headless) return opened
      if (!(await waitForScreenshot(picture, { timeoutMs: windowTimeoutMs, ended: opened.ended }))) {
        const output = lastLines(await readFile(log, 'utf8').catch(() => ''), 20)
        throw new Stop('The app’s window did not become usable.', `read ${log}`, output)
      }
      say(`screenshot: ${picture}`)
      return opened
    })
    if (headless && once) app.child.kill('SIGTERM')
    else
      console.log(
        headless
          ? 'The app is running; Ctrl-C ends it.'
          : 'The app is open; closing it, or Ctrl-C, ends this.',
      )
    const code = await app.ended
    if (code !== 0 && !(headless && once))
      throw new Stop(`The app ended with the exit code ${code}.`, `read ${log}`)
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
})
