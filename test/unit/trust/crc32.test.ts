import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { crc32, portableCrc32 } from '../../../src/trust/crc32.ts'

it('is the published check value, in one piece and in two', () => {
  const text = Buffer.from('123456789')
  for (const of of [crc32, portableCrc32]) {
    expect(of(text)).toBe(0xcbf43926)
    expect(of(text.subarray(4), of(text.subarray(0, 4)))).toBe(0xcbf43926)
  }
})

it('is the same without the one that newer versions of Node bring', () => {
  const bytes = randomBytes(10_000)
  expect(portableCrc32(bytes)).toBe(crc32(bytes))
})
