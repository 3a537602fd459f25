// npm run build: the app, the command line and the sandbox launcher, each only where something changed.
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { buildSteps, runBuildStep } from './lib/build-steps.mjs'
import { ensureNpmPackages } from './lib/npm-packages.mjs'
import { createSteps, runMain } from './lib/say.mjs'
import { ensureSystemPackages } from './lib/system-packages.mjs'
import { resolveRunner } from './lib/unprivileged.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

await runMain(async () => {
  process.chdir(checkout)
  const installing = createSteps(2)
  await installing.step('Checking system packages', (say) => ensureSystemPackages({ window: false }, say))
  await installing.step('Checking npm packages', async (say) => {
    const { owner } = await resolveRunner(checkout, say)
    await ensureNpmPackages(checkout, { say, owner })
  })
  const steps = buildSteps(checkout)
  const building = createSteps(steps.length)
  for (const build of steps) {
    await building.step(
      build.title,
      () => runBuildStep(checkout, build),
      ({ built }) => (built ? undefined : 'unchanged'),
    )
  }
})
