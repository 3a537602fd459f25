import { describe, expect, it } from 'vitest'
import { createLiveRuns, wasWithdrawn } from '../../../../src/engine/run/live-runs.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

const why = new SkilletError('REVOKED', 'Withdrawn.')

describe('runs of this process', () => {
  it('are stopped by skill and version, each copy, with the reason', () => {
    const runs = createLiveRuns()
    const begin = (slug: string, version?: string) => {
      const run = runs.begin(slug, undefined)
      if (version !== undefined) run.isOf(version)
      return run
    }
    const started = [
      begin('a', '1.0.0'),
      begin('a', '1.0.0'),
      begin('a', '1.1.0'),
      begin('b', '1.0.0'),
      begin('a'),
    ]
    runs.stop((slug, version) => (slug === 'a' && version === '1.0.0' ? why : null))
    expect(started.map(({ signal }) => signal.aborted)).toEqual([true, true, false, false, false])
    expect(wasWithdrawn(started[0]?.signal)).toBe(true)
    expect(wasWithdrawn(started[2]?.signal)).toBe(false)
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
    ended.isOf('1.0.0')
    ended.ended()
    runs.stop(() => why)
    expect(ended.signal.aborted).toBe(false)
  })
})
