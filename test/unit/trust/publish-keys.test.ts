import { describe, expect, it } from 'vitest'
import { keyidOf } from '../../../src/trust/digest.ts'
import { parsePublishKeys, toPublishKeys, usableKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import { code } from './code.ts'

const a = generateSigningKey()
const b = generateSigningKey()
const bytes = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)))
const list = toPublishKeys([a.publicKey, b.publicKey])
const first = list.keys[0]!
const until = '2026-11-10T00:00:00Z'

describe('parsePublishKeys', () => {
  it('reads what toPublishKeys makes', () => {
    expect(parsePublishKeys(bytes(list))).toEqual(list)
  })

  it.each([
    ['a fingerprint of another key', { ...list, keys: [{ ...first, keyid: b.keyid }] }],
    ['a short key', { ...list, keys: [{ ...first, publicKey: 'YWJj', keyid: keyidOf(Buffer.from('abc')) }] }],
    ['a key twice', { ...list, keys: [first, first] }],
    ['a key twice, once as stolen', { ...list, keys: [{ ...first, status: 'compromised', until }, first] }],
    ['no keys', { ...list, keys: [] }],
    ['an unknown member', { ...list, threshold: 0 }],
    ['an unknown status', { ...list, keys: [{ ...first, status: 'resting' }] }],
    ['an active key that stopped', { ...list, keys: [{ ...first, until }] }],
    ['a retired key that never stopped', { ...list, keys: [{ ...first, status: 'retired' }] }],
    ['too many keys', toPublishKeys(Array.from({ length: 65 }, () => generateSigningKey().publicKey))],
  ])('refuses %s', (_, value) => {
    expect(code(() => parsePublishKeys(bytes(value)))).toBe('METADATA_INVALID')
  })

  it('refuses too many bytes', () => {
    const padded = (size: number) => new Uint8Array(Buffer.from(JSON.stringify(list).padEnd(size)))
    expect(code(() => parsePublishKeys(padded(64 * 1024)))).toBe('returned')
    expect(code(() => parsePublishKeys(padded(64 * 1024 + 1)))).toBe('METADATA_INVALID')
  })

  it('refuses a member twice, which two readers could understand differently', () => {
    const text = JSON.stringify(list).replace('"status":"active"', '"status":"compromised","status":"active"')
    expect(code(() => parsePublishKeys(new Uint8Array(Buffer.from(text))))).toBe('METADATA_INVALID')
  })
})

describe('usableKeys', () => {
  it('leaves out what was stolen and keeps what was retired, with its end', () => {
    const keys = usableKeys({
      schema: 1,
      keys: [
        { ...first, status: 'retired', until },
        { ...list.keys[1]!, status: 'compromised', until },
      ],
    })
    expect([...keys].map(([keyid, key]) => [keyid, key.status, key.until])).toEqual([
      [a.keyid, 'retired', until],
    ])
  })
})
