import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** What stands before the 32 bytes in an X.509 SubjectPublicKeyInfo, RFC 8410 §4. */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
/** What stands before the 32-byte seed in PKCS #8, RFC 8410 §7. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** 32 bytes of an Ed25519 public key → a key for `node:crypto`. */
export function toPublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })
}

/** 32-byte RFC 8032 seed → a key for `node:crypto`. */
export function toPrivateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw new RangeError('An Ed25519 seed has 32 bytes.')
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
}

/** 32-byte RFC 8032 seed → the 32 bytes of its public key. */
export function rawPublicKeyOf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(toPrivateKey(seed)).export({ format: 'der', type: 'spki' })
  return new Uint8Array(der.subarray(publicPrefix.length))
}
