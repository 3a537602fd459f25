import { expect, it } from 'vitest'
import { createPageDeaths } from '../../../src/main/page-deaths.ts'

it('stops what the dead page ran, loads it anew, and gives up when it dies again and again', () => {
  const did: string[] = []
  let now = 0
  const onGone = createPageDeaths({
    stopRuns: async () => void did.push('stop'),
    reload: () => did.push('reload'),
    giveUp: () => did.push('give up'),
    log: () => {},
    now: () => now,
  })
  onGone('clean-exit')
  expect(did).toEqual([])
  for (let death = 0; death < 3; death += 1) onGone('crashed')
  expect(did).toEqual(['stop', 'reload', 'stop', 'reload', 'stop', 'reload'])
  now = 61_000
  onGone('oom')
  expect(did.slice(-2)).toEqual(['stop', 'reload'])
  for (let death = 0; death < 3; death += 1) onGone('crashed')
  expect(did.slice(-2)).toEqual(['stop', 'give up'])
})
