import { describe, expect, it } from 'vitest'
import { parsePublishKeys, toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import { code } from './code.ts'

const a = generateSigningKey()
const b = generateSigningKey()
const bytes = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)))
const root = toPublishKeys([a.publicKey, b.publicKey])

describe('parsePublishKeys', () => {
  it('reads what toPublishKeys makes', () => {
    expect(parsePublishKeys(bytes(root))).toEqual(root)
  })

  it.each([
    ['a fingerprint of another key', { ...root, keys: [{ ...root.keys[0]!, keyid: b.keyid }] }],
    ['a short key', { ...root, keys: [{ ...root.keys[0]!, publicKey: 'YWJj' }] }],
    ['a key twice', { ...root, keys: [root.keys[0], root.keys[0]] }],
    ['no keys', { ...root, keys: [] }],
    ['an unknown member', { ...root, threshold: 0 }],
  ])('refuses %s', (_, value) => {
    expect(code(() => parsePublishKeys(bytes(value)))).toBe('TRUST_ROOT_INVALID')
  })
})
