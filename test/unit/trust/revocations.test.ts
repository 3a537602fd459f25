import { describe, expect, it } from 'vitest'
import { findRevocation, parseRevocations } from '../../../src/trust/revocations.ts'
import { code } from './code.ts'

const entry = (slug: string, version: string) => ({
  slug,
  version,
  reason: 'It sent files away.',
  severity: 'critical' as const,
  rotate: ['EXAMPLE_API_KEY'],
  revokedAt: '2026-11-01T00:00:00Z',
})
const list = { schema: 1 as const, revocations: [entry('bad', '1.0.0'), entry('worse', '*')] }
const bytes = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)))

describe('parseRevocations', () => {
  it('finds one version, all versions, and nothing else', () => {
    const found = parseRevocations(bytes(list))
    expect(findRevocation(found, 'bad', '1.0.0')?.reason).toBe('It sent files away.')
    expect(findRevocation(found, 'bad', '1.0.1')).toBeNull()
    expect(findRevocation(found, 'worse', '9.9.9')?.rotate).toEqual(['EXAMPLE_API_KEY'])
  })

  it.each([
    ['nothing', ''],
    ['a web page', '<html>'],
    ['no list', '{"schema":1}'],
    ['null', 'null'],
    ['the list twice', '{"schema":1,"revocations":[{"slug":"bad"}],"revocations":[]}'],
    ['another schema', JSON.stringify({ ...list, schema: 2 })],
    [
      'an entry without a version',
      JSON.stringify({ schema: 1, revocations: [{ ...list.revocations[0], version: undefined }] }),
    ],
    ['an unknown member', JSON.stringify({ ...list, except: ['bad'] })],
  ])('stops at %s instead of taking it for an empty list', (_, text) => {
    expect(code(() => parseRevocations(new Uint8Array(Buffer.from(text))))).toBe('METADATA_INVALID')
  })
})
