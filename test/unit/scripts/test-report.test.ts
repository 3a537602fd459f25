import { describe, expect, it } from 'vitest'

import { loadScript } from './load-script.ts'

interface Count {
  passed: number
  failed: number
  failures: string[]
  skipped: string[]
  flaky: string[]
}
type MaySkip = (title: string) => boolean

const { allowedSkips, countPlaywright, countVitest, settle } = await loadScript<{
  countVitest(report: unknown, maySkip: MaySkip): Count
  countPlaywright(report: unknown, maySkip: MaySkip): Count
  settle(count: Count | undefined, exitCode: number): Count
  allowedSkips(list: unknown, platform: string): MaySkip
}>('test-report.mjs')

const never = () => false

describe('countVitest', () => {
  it('counts a skipped test as failed, unless it is on the list', () => {
    const report = {
      testResults: [
        {
          name: 'a.test.ts',
          status: 'passed',
          assertionResults: [
            { fullName: 'adds', status: 'passed' },
            { fullName: 'needs a Mac', status: 'skipped' },
            { fullName: 'later', status: 'todo' },
          ],
        },
      ],
    }
    const maySkip = allowedSkips([{ title: 'needs a Mac', platform: 'linux', why: '…' }], 'linux')
    expect(countVitest(report, maySkip)).toMatchObject({
      passed: 1,
      failed: 1,
      failures: ['later (skipped)'],
    })
    expect(countVitest(report, never)).toMatchObject({ passed: 1, failed: 2 })
  })

  it('counts a file that cannot be loaded as one failure', () => {
    const report = {
      testResults: [
        { name: 'b.test.ts', status: 'failed', message: 'No such module\n at …', assertionResults: [] },
      ],
    }
    expect(countVitest(report, never)).toMatchObject({ failed: 1, failures: ['b.test.ts: No such module'] })
  })
})

describe('countPlaywright', () => {
  it('counts nested suites, names flaky tests and counts errors outside of tests', () => {
    const report = {
      suites: [
        {
          title: 'app.e2e.ts',
          specs: [{ title: 'opens', tests: [{ status: 'expected' }] }],
          suites: [
            {
              title: 'install',
              specs: [
                { title: 'asks', tests: [{ status: 'flaky' }] },
                { title: 'refuses', tests: [{ status: 'unexpected' }] },
                { title: 'elsewhere', tests: [{ status: 'skipped' }] },
              ],
            },
          ],
        },
      ],
      errors: [{ message: 'a worker died\n at …' }],
    }
    expect(countPlaywright(report, never)).toEqual({
      passed: 2,
      failed: 3,
      failures: [
        'app.e2e.ts › install › refuses',
        'app.e2e.ts › install › elsewhere (skipped)',
        'a worker died',
      ],
      skipped: ['app.e2e.ts › install › elsewhere'],
      flaky: ['app.e2e.ts › install › asks'],
    })
  })
})

describe('settle', () => {
  const clean = { passed: 3, failed: 0, failures: [], skipped: [], flaky: [] }

  it('is never better than the exit code', () => {
    expect(settle(clean, 0)).toBe(clean)
    expect(settle(clean, 1)).toMatchObject({ passed: 3, failed: 1 })
    expect(settle(undefined, 0)).toMatchObject({ passed: 0, failed: 1 })
  })

  it('takes a run without any test for a failure', () => {
    expect(settle({ ...clean, passed: 0 }, 0)).toMatchObject({ failed: 1, failures: ['no test was run'] })
  })
})
