import { describe, expect, it } from 'vitest'
import { exitStatusOfRun } from '../../../src/cli/run-report.ts'

describe('exitStatusOfRun', () => {
  it.each([
    ['exit', 0, 0],
    ['exit', 7, 1],
    ['exit', null, 1],
    ['time', null, 124],
    ['memory', null, 137],
    ['denied', null, 3],
    ['stopped', null, 1],
    ['output', null, 1],
    // A limit counts also where the skill still managed to say 0.
    ['time', 0, 124],
  ] as const)('%s with %s → %i', (reason, exitCode, status) => {
    expect(exitStatusOfRun({ reason, exitCode })).toBe(status)
  })
})
