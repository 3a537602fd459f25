import { createHash } from 'node:crypto'
import { Point, verify } from './curve.ts'

/** Order of the base point, RFC 8032 §5.1: 2^252 + 27742317777372353535851937790883648493. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n

/**
 * True when `signature` (64 bytes) is by the holder of `publicKey` (32 bytes) over exactly `message`.
 *
 * Stricter than RFC 8032 §5.1.7 asks: S below the group's order, A and R in their one canonical encoding and
 * neither of small order, and the equation without the cofactor, so that nobody can make a second signature, a
 * key that signs everything, or a message on which two verifiers differ. Never throws: whatever isn't a valid
 * signature, other types and lengths included, is false.
 */
export function verifySignature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    if (![message, signature, publicKey].every((bytes) => bytes instanceof Uint8Array)) return false
    // Private copies: a caller's other code can't change them between two steps.
    const m = Uint8Array.from(message)
    const sig = Uint8Array.from(signature)
    const key = Uint8Array.from(publicKey)
    if (sig.length !== 64 || key.length !== 32) return false
    const r = sig.slice(0, 32)
    const s = toBigInt(sig.slice(32))
    if (s >= order) return false
    const a = Point.fromBytes(key, false)
    if (a.isSmallOrder() || Point.fromBytes(r, false).isSmallOrder()) return false
    if (!verify(sig, m, key, { zip215: false })) return false
    return Buffer.compare(expectedR(a, r, s, key, m), r) === 0
  } catch {
    // A point that isn't on the curve or isn't canonically encoded, or an object that only poses as bytes.
    return false
  }
}

/** R = [S]B − [k]A with k = SHA-512(R ‖ A ‖ M): RFC 8032 §5.1.7 step 3 without the cofactor. */
function expectedR(a: Point, r: Uint8Array, s: bigint, key: Uint8Array, message: Uint8Array): Uint8Array {
  const k = toBigInt(createHash('sha512').update(r).update(key).update(message).digest()) % order
  return Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes()
}

function toBigInt(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`)
}
