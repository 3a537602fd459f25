import { describe, expect, it } from 'vitest'
import { parseUtcTime } from '../../../../src/trust/tuf/clock.ts'
import { code } from '../code.ts'

describe('parseUtcTime', () => {
  it.each(['2030-01-02T03:04:05Z', '2030-01-02T03:04:05.678Z'])('reads %s', (text) => {
    expect(parseUtcTime(text)).toEqual(new Date(text))
  })

  // Some programs read these in the computer's own time zone, others not at all.
  it.each([
    '2030-01-02',
    '2030-01-02T03:04:05',
    '2030-01-02T03:04:05+01:00',
    '2030-01-02 03:04:05Z',
    'Wed, 02 Jan 2030 03:04:05 GMT',
    '2030-13-02T03:04:05Z',
    'someday',
    '',
    2030,
    null,
    undefined,
  ])('refuses %j', (value) => {
    expect(code(() => parseUtcTime(value))).toBe('METADATA_INVALID')
  })
})
