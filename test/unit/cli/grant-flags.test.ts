import { describe, expect, it } from 'vitest'
import { assertDeclaredScope, parseGrantFlags } from '../../../src/cli/grant-flags.ts'

describe('parseGrantFlags', () => {
  it('reads capabilities with and without a scope', () => {
    expect(
      parseGrantFlags(['fs:read', 'net=api.example.com,b.example.com:8443', 'net=c.example.com']),
    ).toEqual({ 'fs:read': null, net: ['api.example.com', 'b.example.com:8443', 'c.example.com'] })
  })

  it('lets the wider of two flags stand, in either order', () => {
    expect(parseGrantFlags(['net', 'net=a.example.com'])).toEqual({ net: null })
    expect(parseGrantFlags(['net=a.example.com', 'net'])).toEqual({ net: null })
  })

  it.each(['everything', 'NET', '', 'fs', '__proto__', '=x'])('refuses %j', (flag) => {
    expect(() => parseGrantFlags([flag])).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('assertDeclaredScope', () => {
  it('refuses a scope that the skill never declared', () => {
    expect(() => assertDeclaredScope('net', ['evil.example'], ['api.example.com'])).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    )
    expect(() => assertDeclaredScope('net', ['api.example.com'], ['api.example.com'])).not.toThrow()
  })
})
