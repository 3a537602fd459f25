import { describe, expect, it } from 'vitest'
import type { Envelope } from '../../../src/shared/release.ts'
import { maxEnvelopeBytes, openEnvelope, preAuthEncoding } from '../../../src/trust/envelope.ts'
import { formatEnvelope, sealEnvelope } from '../../../src/trust/seal-envelope.ts'
import { toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { formatSigningKey, generateSigningKey, parseSigningKey } from '../../../src/trust/sign.ts'
import { code } from './code.ts'

const payloadType = 'application/vnd.example+json'
const key = generateSigningKey()
const stranger = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const payload = new Uint8Array(Buffer.from('{"hello":"world"}'))
const sealed = sealEnvelope(payloadType, payload, key.secretKey)
const open = (envelope: Envelope | Uint8Array) =>
  openEnvelope(envelope instanceof Uint8Array ? envelope : formatEnvelope(envelope), { payloadType, keys })
const other = sealEnvelope(payloadType, payload, stranger.secretKey)
const text = (value: string) => new Uint8Array(Buffer.from(value))

describe('openEnvelope', () => {
  it('gives back the exact bytes and who signed them', () => {
    expect(open(sealed)).toEqual({ payload, keyid: key.keyid })
  })

  it('encodes as DSSE does', () => {
    expect(
      Buffer.from(preAuthEncoding('http://example.com/HelloWorld', text('hello world'))).toString(),
    ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  })

  it('refuses one changed byte of the payload', () => {
    const bad = Buffer.from(payload)
    bad[3]! ^= 1
    expect(code(() => open({ ...sealed, payload: bad.toString('base64') }))).toBe('SIGNATURE_INVALID')
  })

  it('refuses another signer, also one that claims the fingerprint of a known one', () => {
    expect(code(() => open(other))).toBe('SIGNER_UNTRUSTED')
    const liar = { ...other, signatures: [{ ...other.signatures[0]!, keyid: key.keyid }] }
    expect(code(() => open(liar))).toBe('SIGNATURE_INVALID')
  })

  it('accepts a second signature by a stranger, and refuses a bad one by a known key beside a good one', () => {
    const theirs = other.signatures[0]!
    expect(open({ ...sealed, signatures: [theirs, ...sealed.signatures] }).keyid).toBe(key.keyid)
    const twoKnown = toPublishKeys([key.publicKey, stranger.publicKey])
    const bad = { keyid: stranger.keyid, sig: sealed.signatures[0]!.sig }
    const envelope = formatEnvelope({ ...sealed, signatures: [...sealed.signatures, bad] })
    expect(code(() => openEnvelope(envelope, { payloadType, keys: twoKnown }))).toBe('SIGNATURE_INVALID')
  })

  it('refuses a document of another kind, signed by the right key', () => {
    const foreign = sealEnvelope('application/vnd.other+json', payload, key.secretKey)
    expect(code(() => open(foreign))).toBe('ENVELOPE_INVALID')
    expect(code(() => open({ ...foreign, payloadType }))).toBe('SIGNATURE_INVALID')
  })

  it.each([
    ['not JSON', text('hello')],
    ['not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['a byte-order mark', text(`\ufeff${JSON.stringify(sealed)}`)],
    ['an unknown member', text(JSON.stringify({ ...sealed, more: 1 }))],
    [
      'a member twice',
      text(JSON.stringify(sealed).replace('{', `{"payload":${JSON.stringify(sealed.payload)},`)),
    ],
    [
      'a member twice by an escape',
      text(JSON.stringify(sealed).replace('{', `{"p\\u0061yload":${JSON.stringify(sealed.payload)},`)),
    ],
    ['base64 with a line break', text(JSON.stringify({ ...sealed, payload: `${sealed.payload}\n` }))],
    ['base64 without padding', text(JSON.stringify({ ...sealed, payload: 'YQ' }))],
    ['base64 with leftover bits', text(JSON.stringify({ ...sealed, payload: 'YR==' }))],
    [
      'one key twice',
      text(JSON.stringify({ ...sealed, signatures: [...sealed.signatures, ...sealed.signatures] })),
    ],
    ['no signature', text(JSON.stringify({ ...sealed, signatures: [] }))],
    ['too many bytes', text(JSON.stringify(sealed).padEnd(maxEnvelopeBytes + 1))],
  ])('refuses %s', (_, bytes) => {
    expect(code(() => open(bytes))).toBe('ENVELOPE_INVALID')
  })

  it('does not believe a list whose fingerprint names another key', () => {
    const lie = {
      schema: 1 as const,
      keys: [{ ...toPublishKeys([stranger.publicKey]).keys[0]!, keyid: key.keyid }],
    }
    expect(code(() => openEnvelope(formatEnvelope(sealed), { payloadType, keys: lie }))).toBe(
      'METADATA_INVALID',
    )
  })
})

describe('the status of a key', () => {
  const [listed] = keys.keys
  const until = '2026-11-10T00:00:00Z'

  it('a stolen key opens nothing, a genuine signature beside it still does', () => {
    const compromised = { schema: 1 as const, keys: [{ ...listed!, status: 'compromised' as const, until }] }
    const envelope = formatEnvelope(sealed)
    expect(open(envelope).keyid).toBe(key.keyid)
    expect(code(() => openEnvelope(envelope, { payloadType, keys: compromised }))).toBe('SIGNER_UNTRUSTED')

    const both = { ...sealed, signatures: [...sealed.signatures, ...other.signatures] }
    const replaced = {
      ...compromised,
      keys: [...compromised.keys, ...toPublishKeys([stranger.publicKey]).keys],
    }
    expect(openEnvelope(formatEnvelope(both), { payloadType, keys: replaced }).keyid).toBe(stranger.keyid)
  })

  it('a retired key still opens: what it signed when is for the payload to say', () => {
    const retired = { schema: 1 as const, keys: [{ ...listed!, status: 'retired' as const, until }] }
    expect(openEnvelope(formatEnvelope(sealed), { payloadType, keys: retired }).keyid).toBe(key.keyid)
  })
})

describe('signing key files', () => {
  it('survive a round trip', () => {
    expect(parseSigningKey(formatSigningKey(key))).toEqual(key)
  })

  it('are refused when fingerprint and key differ, without quoting the secret', () => {
    const file = formatSigningKey({ ...key, keyid: stranger.keyid })
    expect(code(() => parseSigningKey(file))).toBe('INPUT_INVALID')
    expect(code(() => parseSigningKey('{}'))).toBe('INPUT_INVALID')
  })
})
