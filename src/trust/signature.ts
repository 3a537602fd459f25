import { verify } from 'node:crypto'
import { toPublicKey } from './ed25519-keys.ts'

/** Order of the base point, RFC 8032 §5.1: 2^252 + 27742317777372353535851937790883648493, little-endian. */
const order = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex')
/** The field's prime, RFC 8032 §5.1: 2^255 − 19, little-endian. */
const prime = Buffer.from('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')
/** y of every point whose order divides 8, little-endian: 1; −1; 0; and the two of the points of order 8. */
const smallOrder = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
].map((y) => Buffer.from(y, 'hex'))

/**
 * True when `signature` (64 bytes) is by the holder of `publicKey` (32 bytes) over exactly `message`.
 *
 * Stricter than RFC 8032 §5.1.7 asks: S below the group's order, A and R in their one canonical encoding and
 * neither of small order, and the equation without the cofactor, so that nobody can make a second signature, a
 * key that signs everything, or a message on which two verifiers differ. OpenSSL (BoringSSL in Electron) computes the
 * equation, R = [S]B − [k]A compared as bytes; it accepts a few encodings that are not canonical, so those are refused
 * here. Never throws: whatever isn't a valid signature, other types and lengths included, is false.
 */
export function verifySignature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    if (![message, signature, publicKey].every((bytes) => bytes instanceof Uint8Array)) return false
    // Private copies: a caller's other code can't change them between two steps.
    const m = Uint8Array.from(message)
    const sig = Uint8Array.from(signature)
    const key = Uint8Array.from(publicKey)
    if (sig.length !== 64 || key.length !== 32) return false
    if (!isBelow(sig.subarray(32), order)) return false
    if (!isSoundPoint(key) || !isSoundPoint(sig.subarray(0, 32))) return false
    return verify(null, m, toPublicKey(key), sig)
  } catch {
    // A point that isn't on the curve, or an object that only poses as bytes.
    return false
  }
}

/** Canonical and not of small order; the encoding is y with x's lowest bit on top, RFC 8032 §5.1.2. */
function isSoundPoint(encoded: Uint8Array): boolean {
  const y = Uint8Array.from(encoded)
  y[31]! &= 0x7f
  // The one other encoding that isn't canonical, x = 0 with its sign set, has y = ±1: of small order as well.
  return isBelow(y, prime) && !smallOrder.some((point) => point.equals(y))
}

/** Compares little-endian numbers of 32 bytes. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 31; at >= 0; at--) if (a[at] !== b[at]) return a[at]! < b[at]!
  return false
}
