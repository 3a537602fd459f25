// npm run app: installs what is missing, builds, starts the demo registry and opens the app on it.
// `--once` ends after the screenshot where there is no display.
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { runAttached } from './lib/command.mjs'
import { preparationSteps, prepare } from './lib/prepare.mjs'
import { createSteps, runMain } from './lib/say.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
// Four builds and, on Linux, the sandbox's launcher and relay; the registry; the window.
const openingSteps = process.platform === 'linux' ? 8 : 6

await runMain(async () => {
  const wanted = { tests: false, node24: false }
  const steps = createSteps(preparationSteps(wanted) + openingSteps)
  const { runner, folder, env } = await prepare(checkout, wanted, steps)
  const script = join(folder, 'scripts/inside/app.mjs')
  const [program, args] = runner.command(runner.node, [script, ...process.argv.slice(2)])
  const code = await runAttached(program, args, {
    cwd: folder,
    env: { ...env, SKILLET_STEPS: `${steps.count}/${steps.total}` },
  })
  process.exitCode = code
})
