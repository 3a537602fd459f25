import { expect, it } from 'vitest'
import { lookEveryMs } from '../../../src/shared/look-every.ts'

it.each([
  ['1', 1],
  ['60', 60],
  ['300', 300],
])('the window looks every %s seconds where that is asked for', (text, seconds) => {
  expect(lookEveryMs({ SKILLET_LOOK_EVERY_S: text })).toBe(seconds * 1000)
})

it.each([undefined, '', '0', '-1', '0.5', '301', '999', '100000', '1e9', 'Infinity', 'never', '0x10', ' 5'])(
  'and never less than every five minutes, whatever is written: %j',
  (text) => {
    expect(lookEveryMs({ SKILLET_LOOK_EVERY_S: text })).toBe(300_000)
  },
)
