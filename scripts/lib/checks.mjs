import { appendFile, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

import { buildSteps, programOf, runBuildStep } from './build-steps.mjs'
import { runLogged } from './logged-run.mjs'
import { startSession } from './session.mjs'
import { countPlaywright, countVitest, settle, sum } from './test-report.mjs'

/**
 * @typedef {import('./test-report.mjs').Count} Count
 * @typedef {object} Setting what a check may use
 * @property {string} folder
 * @property {string} log
 * @property {string} report where it leaves its JSON report
 * @property {(line: string) => void} say
 * @property {import('./test-report.mjs').MaySkip} maySkip
 *
 * @typedef {(setting: Setting) => Promise<Count>} Check
 */

const minute = 60_000

/** The environment of every check: plain logs, and a person's own Skillet settings must not reach the tests. */
function testEnvironment() {
  const settings = [
    'SKILLET_REGISTRY',
    'SKILLET_TRUST_ROOT',
    'SKILLET_API_KEY',
    'SKILLET_HOME',
    'SKILLET_STEPS',
  ]
  const kept = Object.entries(process.env).filter(
    ([name]) => !settings.includes(name) && name !== 'FORCE_COLOR',
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}

/** @param {number} code @param {string} what @returns {Count} one check that passes or fails as a whole */
const single = (code, what) =>
  code === 0
    ? { passed: 1, failed: 0, failures: [], skipped: [], flaky: [] }
    : { passed: 0, failed: 1, failures: [what], skipped: [], flaky: [] }

/** @param {string} name of the package @param {string[]} args @param {string} what @param {string} [program] @returns {Check} */
const tool =
  (name, args, what, program) =>
  async ({ folder, log, say }) => {
    const words = [programOf(folder, name, program), ...args]
    const code = await runLogged(process.execPath, words, {
      cwd: folder,
      env: testEnvironment(),
      log,
      say,
      timeoutMs: 10 * minute,
    })
    return single(code, what)
  }

/** @param {string} path */
const readReport = (path) =>
  readFile(path, 'utf8').then(
    (text) => JSON.parse(text),
    () => undefined,
  )

/**
 * `workers`: how many test files run at once. Vitest itself leaves one processor free, which is half of a small machine.
 *
 * @param {string[]} projects
 * @param {{ node?: string | undefined, session?: boolean, workers?: number, timeoutMs?: number }} [options]
 * @returns {Check}
 */
const vitest =
  (
    projects,
    {
      node = process.execPath,
      session = false,
      workers = availableParallelism(),
      timeoutMs = 10 * minute,
    } = {},
  ) =>
  async ({ folder, log, report, say, maySkip }) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const words = [
      programOf(folder, 'vitest'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      `--maxWorkers=${workers}`,
      ...reporters,
    ]
    const around = await startSession({ display: false, keyring: session })
    try {
      const env = { ...testEnvironment(), ...privateFolders(around) }
      const code = await runLogged(node, words, { cwd: folder, env, log, say, timeoutMs })
      const json = await readReport(report)
      return settle(json && countVitest(json, maySkip), code)
    } finally {
      await around.stop()
    }
  }

/**
 * Nothing of the person's own settings and data is read or written, and what tests leave behind goes with the
 * session.
 *
 * @param {Awaited<ReturnType<typeof startSession>>} session
 */
const privateFolders = ({ env, folder }) =>
  process.platform === 'linux'
    ? {
        ...env,
        TMPDIR: join(folder, 'tmp'),
        XDG_RUNTIME_DIR: folder,
        XDG_CONFIG_HOME: join(folder, 'config'),
        XDG_DATA_HOME: join(folder, 'data'),
        XDG_CACHE_HOME: join(folder, 'cache'),
      }
    : env

/**
 * In three parts side by side, each with a display and a keychain of its own: a window mostly waits. The log of one that
 * failed comes last.
 *
 * @type {Check}
 */
async function e2e(setting) {
  const parts = await Promise.all([1, 2, 3].map((part) => e2ePart(part, setting)))
  const ordered = parts.toSorted((a, b) => a.count.failed - b.count.failed)
  for (const { log } of ordered) await appendFile(setting.log, await readFile(log))
  return sum(ordered.map(({ count }) => count))
}

/** @param {number} part @param {Setting} setting @returns {Promise<{ log: string, count: Count }>} */
async function e2ePart(part, { folder, say, maySkip, ...whole }) {
  const log = whole.log.replace(/\.log$/, `-${part}.log`)
  const report = whole.report.replace(/\.json$/, `-${part}.json`)
  const around = await startSession({ display: true, keyring: true })
  try {
    const env = { ...testEnvironment(), ...privateFolders(around), PLAYWRIGHT_JSON_OUTPUT_FILE: report }
    const words = [
      ...[programOf(folder, '@playwright/test', 'playwright'), 'test', '--reporter=list,json'],
      ...[`--shard=${part}/3`, `--output=test-results/e2e/${part}`],
    ]
    const code = await runLogged(process.execPath, words, {
      cwd: folder,
      env,
      log,
      say,
      timeoutMs: 15 * minute,
    })
    const json = await readReport(report)
    return { log, count: settle(json && countPlaywright(json, maySkip), code) }
  } finally {
    await around.stop()
  }
}

/** @type {Check} */
async function build({ folder, say }) {
  for (const step of buildSteps(folder)) {
    const { built } = await runBuildStep(folder, step)
    say(`${step.title}: ${built ? 'done' : 'unchanged'}`)
  }
  return single(0, 'build')
}

/** An ordinary package and one that is set up beforehand, for `installed-packages.mjs`. @type {Check} */
async function dist({ folder, log, say }) {
  const variants = [
    ['ordinary', []],
    [
      'preconfigured',
      ['--policy', 'test/fixtures/packages/policy.json', '--brand', 'test/fixtures/packages/brand'],
    ],
  ]
  for (const [name, words] of /** @type {[string, string[]][]} */ (variants)) {
    const options = ['--target', 'deb', '--fast', '--output', join('out/dist', name)]
    const code = await runLogged(process.execPath, ['scripts/dist.mjs', ...options, ...words], {
      cwd: folder,
      env: testEnvironment(),
      log,
      say,
      timeoutMs: 5 * minute,
    })
    if (code !== 0) return single(code, `the ${name} package`)
  }
  return single(0, 'dist')
}

/**
 * How each check of the plan is run.
 *
 * @type {Readonly<Record<string, Check>>}
 */
export const checks = {
  build,
  types: tool('typescript', ['-b'], 'tsc -b', 'tsc'),
  lint: tool('oxlint', ['--type-aware', 'src', 'test', 'scripts'], 'oxlint'),
  format: tool('prettier', ['--check', '--log-level', 'warn', '.'], 'prettier --check'),
  knip: tool('knip', [], 'knip'),
  unit: vitest(['unit', 'unit-alone']),
  'unit-node-24': vitest(['unit', 'unit-alone'], { node: process.env['SKILLET_NODE_24'], workers: 1 }),
  renderer: vitest(['renderer']),
  // One more than processors: these tests wait for servers that start and end.
  durability: vitest(['durability'], { workers: availableParallelism() + 1, timeoutMs: 15 * minute }),
  integration: vitest(['integration'], { session: true, workers: 1, timeoutMs: 25 * minute }),
  e2e,
  dist,
}
