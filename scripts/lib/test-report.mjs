/**
 * @typedef {{ passed: number, failed: number, failures: string[], skipped: string[], flaky: string[] }} Count
 * @typedef {(title: string) => boolean} MaySkip
 */

/** @returns {Count} */
const empty = () => ({ passed: 0, failed: 0, failures: [], skipped: [], flaky: [] })

/** A skipped test counts as failed, unless it is on the list. @param {Count} count @param {string} title @param {MaySkip} maySkip */
function addSkipped(count, title, maySkip) {
  count.skipped.push(title)
  if (maySkip(title)) return
  count.failed += 1
  count.failures.push(`${title} (skipped)`)
}

/**
 * Counts vitest's JSON report. A file that could not even be loaded has no tests and counts as one failure.
 *
 * @param {{ testResults?: Array<{ name: string, status: string, message?: string, assertionResults: Array<{ fullName: string, status: string }> }> }} report
 * @param {MaySkip} maySkip
 * @returns {Count}
 */
export function countVitest(report, maySkip) {
  const count = empty()
  for (const file of report.testResults ?? []) {
    const failedBefore = count.failed
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') count.passed += 1
      else if (status === 'failed') {
        count.failed += 1
        count.failures.push(fullName)
      } else addSkipped(count, fullName, maySkip)
    }
    if (file.status === 'failed' && count.failed === failedBefore) {
      count.failed += 1
      count.failures.push(`${file.name}: ${(file.message ?? '').split('\n')[0]}`)
    }
  }
  return count
}

/**
 * @typedef {{ title: string, tests: Array<{ status: string }> }} Spec
 * @typedef {{ title: string, specs?: Spec[], suites?: Suite[] }} Suite
 */

/**
 * Counts Playwright's JSON report. A test that passed only when tried again has passed, and is named.
 *
 * @param {{ suites?: Suite[], errors?: Array<{ message?: string }> }} report
 * @param {MaySkip} maySkip
 * @returns {Count}
 */
export function countPlaywright(report, maySkip) {
  const count = empty()
  /** @param {Suite} suite @param {string[]} above */
  const visit = (suite, above) => {
    const titles = [...above, suite.title]
    for (const spec of suite.specs ?? []) {
      const title = [...titles, spec.title].join(' › ')
      for (const { status } of spec.tests) {
        if (status === 'expected' || status === 'flaky') count.passed += 1
        if (status === 'flaky') count.flaky.push(title)
        if (status === 'unexpected') {
          count.failed += 1
          count.failures.push(title)
        }
        if (status === 'skipped') addSkipped(count, title, maySkip)
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, titles)
  }
  for (const suite of report.suites ?? []) visit(suite, [])
  for (const error of report.errors ?? []) {
    count.failed += 1
    count.failures.push((error.message ?? 'an error outside the tests').split('\n')[0] ?? '')
  }
  return count
}

/**
 * The count that a run stands for: never better than its exit code, and no test at all is a failure.
 *
 * @param {Count | undefined} count undefined: the run left no report
 * @param {number} exitCode
 * @returns {Count}
 */
export function settle(count, exitCode) {
  const fail = (/** @type {string} */ why) => ({ ...(count ?? empty()), failed: 1, failures: [why] })
  if (!count) return fail(`ended with exit code ${exitCode} and no report`)
  if (count.failed > 0) return count
  if (count.passed === 0 && count.skipped.length === 0) return fail('no test was run')
  return exitCode === 0 ? count : fail(`ended with exit code ${exitCode} though no test failed`)
}

/** @param {readonly Count[]} counts @returns {Count} what they come to together */
export const sum = (counts) => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
  failures: counts.flatMap(({ failures }) => failures),
  skipped: counts.flatMap(({ skipped }) => skipped),
  flaky: counts.flatMap(({ flaky }) => flaky),
})

/**
 * The list of tests that may be skipped on a platform, `test/allowed-skips.json`:
 * `[{ "title": "full name of the test", "platform": "darwin", "why": "…" }]`.
 *
 * @param {unknown} list
 * @param {string} platform
 * @returns {MaySkip}
 */
export function allowedSkips(list, platform) {
  const titles = new Set(
    Array.isArray(list)
      ? list.filter((entry) => entry?.platform === platform).map((entry) => entry.title)
      : [],
  )
  return (title) => titles.has(title)
}
