// npm run dist: builds, and makes packages of what was built. docs/admin.md says what each option is for.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { buildSteps, runBuildStep } from './lib/build-steps.mjs'
import { distElectron } from './lib/packaging/electron.mjs'
import { makePackages } from './lib/packaging/make-packages.mjs'
import { parseDistOptions } from './lib/packaging/options.mjs'
import { writeUpdateFeed } from './lib/packaging/update-feed.mjs'
import { createSteps, runMain } from './lib/say.mjs'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

await runMain(async () => {
  const options = parseDistOptions(process.argv.slice(2), checkout)
  process.chdir(checkout)
  if (options.updates !== undefined && options.signAgain) {
    const { output, updates } = options
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    const list = await writeUpdateFeed([output, join(output, 'packed')], version, updates)
    process.stdout.write(`${list}\n`)
    return
  }
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
