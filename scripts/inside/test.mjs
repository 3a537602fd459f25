// The second half of `npm test`, never as root: the checks. What they count is left in test-results/summary.json.
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { checks } from '../lib/checks.mjs'
import { lastLines } from '../lib/command.mjs'
import { outerSteps } from '../lib/outer-steps.mjs'
import { createSteps, Stop } from '../lib/say.mjs'
import { selectChecks, stagesOf } from '../lib/test-plan.mjs'
import { allowedSkips, sum } from '../lib/test-report.mjs'

/** @typedef {import('../lib/test-report.mjs').Count} Count */

const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const results = join(folder, 'test-results')
const logLines = 80

process.chdir(folder)
await rm(results, { recursive: true, force: true })
await mkdir(join(results, 'logs'), { recursive: true })
await mkdir(join(results, 'reports'), { recursive: true })

const skipList = await readFile(join(folder, 'test/allowed-skips.json'), 'utf8').catch(() => '[]')
const maySkip = allowedSkips(JSON.parse(skipList), process.platform)
const stages = stagesOf(selectChecks(process.argv.slice(2)))
const { step } = createSteps(...outerSteps())
/** @type {Map<string, Count>} */
const counts = new Map()

/** @param {string} why @returns {Count} */
const failure = (why) => ({ passed: 0, failed: 1, failures: [why], skipped: [], flaky: [] })

/** @param {string} name of a check */
const logOf = (name) => join(results, 'logs', `${name}.log`)

/** @param {string} name of a check that has run */
const countOf = (name) => counts.get(name) ?? failure('it was not counted')

/** @param {Count} count */
const said = ({ passed, failed }) => `${passed} passed, ${failed} failed`

/** @param {{ name: string, needs?: string }} check @param {(line: string) => void} say */
async function run({ name, needs }, say) {
  const log = logOf(name)
  const check = checks[name]
  if (!check) return failure('this check is not set up')
  if (needs && (counts.get(needs)?.failed ?? 0) > 0) return failure(`not run, since ${needs} failed`)
  try {
    return await check({ folder, log, report: join(results, 'reports', `${name}.json`), say, maySkip })
  } catch (error) {
    if (error instanceof Stop && error.output) await appendFile(log, error.output)
    return failure(error instanceof Error ? error.message : String(error))
  }
}

for (const { title, checks: planned } of stages) {
  await step(
    title,
    (say) =>
      Promise.all(
        planned.map(async (check) => {
          const tell =
            planned.length === 1 ? say : (/** @type {string} */ line) => say(`${check.name}: ${line}`)
          const count = await run(check, tell)
          counts.set(check.name, count)
          if (planned.length > 1) tell(said(count))
        }),
      ),
    () => said(sum(planned.map(({ name }) => countOf(name)))),
  )
  for (const { name } of planned) await tellMore(name, countOf(name))
}

/** @param {string} name @param {Count} count what went wrong, and what is worth knowing though it didn't */
async function tellMore(name, count) {
  for (const title of count.flaky) console.log(`      passed only when tried again: ${title}`)
  for (const title of count.skipped) console.log(`      skipped: ${title}`)
  if (count.failed === 0) return
  for (const title of count.failures) console.log(`      failed: ${title}`)
  const text = await readFile(logOf(name), 'utf8').catch(() => '')
  if (text) console.log(`--- the last lines of ${name}.log\n${lastLines(text, logLines)}\n---`)
}

const { passed, failed } = sum([...counts.values()])
await writeFile(
  join(results, 'summary.json'),
  JSON.stringify({ passed, failed, checks: Object.fromEntries(counts) }, null, 2),
)
