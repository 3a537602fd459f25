import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** What stands before the 32-byte seed in PKCS #8, RFC 8410 §7. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** 32 bytes of an Ed25519 public key → a key for `node:crypto`. */
export function toPublicKey(raw: Uint8Array): KeyObject {
  // OpenSSL takes ten times as long to find out what a key in DER is as to take one that says it.
  const x = Buffer.from(raw).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

/** 32-byte RFC 8032 seed → a key for `node:crypto`. */
export function toPrivateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw new RangeError('An Ed25519 seed has 32 bytes.')
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
}

/** 32-byte RFC 8032 seed → the 32 bytes of its public key. */
export function rawPublicKeyOf(seed: Uint8Array): Uint8Array {
  const { x } = createPublicKey(toPrivateKey(seed)).export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(x!, 'base64url'))
}
