import { describe, expect, it } from 'vitest'
import { revocationsPayloadType } from '../../../src/shared/catalog.ts'
import { findRevocation, verifyRevocations } from '../../../src/trust/revocations.ts'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import { code } from './code.ts'
import { key, root, seal } from './sample.ts'

const entry = (slug: string, version: string) => ({
  slug,
  version,
  reason: 'It sent files away.',
  severity: 'critical' as const,
  rotate: [],
  revokedAt: '2026-11-01T00:00:00Z',
})
const list = { schema: 1 as const, serial: 3, revocations: [entry('bad', '1.0.0'), entry('worse', '*')] }
const sealed = (payload: unknown, by = key) => seal(payload, by, revocationsPayloadType)

describe('revocations', () => {
  it('finds one version, all versions, and nothing else', () => {
    const found = verifyRevocations(sealed(list), root)
    expect(findRevocation(found, 'bad', '1.0.0')?.reason).toBe('It sent files away.')
    expect(findRevocation(found, 'bad', '1.0.1')).toBeNull()
    expect(findRevocation(found, 'worse', '9.9.9')?.version).toBe('*')
  })

  it('stops at a malformed list instead of taking it for empty', () => {
    expect(code(() => verifyRevocations(sealed({ schema: 1, serial: 3 }), root))).toBe('ENVELOPE_INVALID')
    expect(code(() => verifyRevocations(seal(list), root))).toBe('ENVELOPE_INVALID')
  })

  it("refuses a stranger's list", () => {
    expect(code(() => verifyRevocations(sealed(list, generateSigningKey()), root))).toBe('SIGNER_UNTRUSTED')
  })
})
