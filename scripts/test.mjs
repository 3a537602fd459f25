// npm test: installs what is missing, then checks everything. `--only unit,integration` for a quick run.
// The last line is `N passed, N failed`, whatever happens.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { lastLines, runAttached } from './lib/command.mjs'
import { bringBack } from './lib/copy-checkout.mjs'
import { testInstalledPackages } from './lib/installed-packages.mjs'
import { preparationSteps, prepare } from './lib/prepare.mjs'
import { createSteps, printStop, Stop } from './lib/say.mjs'
import { installedTitle, selectChecks, stagesOf } from './lib/test-plan.mjs'
import { sum } from './lib/test-report.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

/** One runs under it, the others start programs that do. */
const needsNode24 = new Set(['unit-node-24', 'durability', 'e2e'])

/** @returns {Promise<{ passed: number, failed: number }>} */
async function main() {
  const args = process.argv.slice(2)
  const checks = selectChecks(args)
  const wanted = { tests: true, node24: checks.some((check) => needsNode24.has(check)) }
  const installing = checks.includes('dist') && process.platform === 'linux'
  const stages = stagesOf(checks).length
  const steps = createSteps(preparationSteps(wanted) + stages + (installing ? 1 : 0))
  const { runner, folder, env } = await prepare(checkout, wanted, steps)

  await rm(join(checkout, 'test-results'), { recursive: true, force: true })
  const script = join(folder, 'scripts/inside/test.mjs')
  const [program, words] = runner.command(runner.node, [script, ...args])
  const code = await runAttached(program, words, {
    cwd: folder,
    env: { ...env, SKILLET_STEPS: `${steps.count}/${steps.total}` },
  })
  const log = join(checkout, 'test-results/logs/installed.log')
  const installed = installing
    ? await createSteps(steps.total, steps.count + stages).step(
        installedTitle,
        () => testInstalledPackages(runner, folder, env),
        ({ count: { passed, failed } }) => `${passed} passed, ${failed} failed`,
      )
    : { count: sum([]), log: '' }
  if (runner.user && folder !== checkout) await bringBack(folder, checkout, runner.user, 'test-results')
  const summary = await readFile(join(checkout, 'test-results/summary.json'), 'utf8').catch(() => '')
  if (code !== 0 || !summary) throw new Stop(`The tests ended early, with the exit code ${code}.`)
  if (installing) await writeFile(log, installed.log)
  for (const title of installed.count.failures) console.log(`      failed: ${title}`)
  if (installed.count.failed > 0)
    console.log(`--- the last lines of ${log}\n${lastLines(installed.log, 80)}\n---`)
  console.log('Logs, reports and screenshots: test-results/')
  const inside = JSON.parse(summary)
  return { passed: inside.passed + installed.count.passed, failed: inside.failed + installed.count.failed }
}

/** @type {{ passed: number, failed: number }} */
let total = { passed: 0, failed: 1 }
try {
  total = await main()
} catch (error) {
  if (error instanceof RangeError) console.error(error.message)
  else printStop(error)
}
process.exitCode = total.failed > 0 ? 1 : 0
console.log(`${total.passed} passed, ${total.failed} failed`)
