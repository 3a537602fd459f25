import { describe, expect, it } from 'vitest'
import { createLiveRuns, wasWithdrawn } from '../../../../src/engine/run/live-runs.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

const why = new SkilletError('REVOKED', 'Withdrawn.')

describe('runs of this process', () => {
  it('are stopped by skill, each copy, with the reason', () => {
    const runs = createLiveRuns()
    const first = runs.begin('a', undefined)
    const second = runs.begin('a', undefined)
    const other = runs.begin('b', undefined)
    runs.stop('a', why)
    expect([first, second, other].map(({ signal }) => signal.aborted)).toEqual([true, true, false])
    expect(wasWithdrawn(first.signal)).toBe(true)
    expect(wasWithdrawn(other.signal)).toBe(false)
  })

  it('still end when the person stops them, and are left alone once they have ended', () => {
    const runs = createLiveRuns()
    const person = new AbortController()
    const run = runs.begin('a', person.signal)
    person.abort()
    expect(run.signal.aborted).toBe(true)
    expect(wasWithdrawn(run.signal)).toBe(false)
    expect(runs.begin('a', person.signal).signal.aborted).toBe(true)

    const ended = runs.begin('c', undefined)
    ended.ended()
    runs.stop('c', why)
    expect(ended.signal.aborted).toBe(false)
  })
})
