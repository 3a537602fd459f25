import { expect, test } from 'vitest'
import { createPace } from '../../../../src/bridge/http/pace.ts'

test('an agent that asks too often is told to wait, and others are not', () => {
  let now = 0
  const pace = createPace({ perSecond: 10, burst: 3 }, () => now)
  for (let at = 0; at < 3; at++) pace('one')
  expect(() => pace('one')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', status: 429 }) as Error)
  pace('other')
  now = 100
  pace('one')
  expect(() => pace('one')).toThrow()
})
