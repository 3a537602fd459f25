// npm run dist: builds, and makes packages of what was built. docs/admin.md says what each option is for.
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { buildSteps, runBuildStep } from './lib/build-steps.mjs'
import { distElectron } from './lib/packaging/electron.mjs'
import { makePackages } from './lib/packaging/make-packages.mjs'
import { parseDistOptions } from './lib/packaging/options.mjs'
import { createSteps, runMain } from './lib/say.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

await runMain(async () => {
  const options = parseDistOptions(process.argv.slice(2), checkout)
  process.chdir(checkout)
  const builds = buildSteps(checkout)
  const { step } = createSteps(builds.length + 2)
  for (const build of builds)
    await step(
      build.title,
      () => runBuildStep(checkout, build),
      ({ built }) => (built ? undefined : 'unchanged'),
    )
  const electron = await step(
    'Finding Electron',
    (say) => distElectron(checkout, say),
    ({ version }) => `Electron ${version}`,
  )
  await step('Making packages', (say) => makePackages(checkout, options, electron, say))
})
