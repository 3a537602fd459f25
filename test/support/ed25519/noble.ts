import { createHash } from 'node:crypto'
import { hashes, Point, verify } from '@noble/ed25519'
import type { Claim } from './mutations.ts'

hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest())

/** What the library calls strict: RFC 8032 with the cofactor. */
export function verifyByNobleAlone({ message, signature, publicKey }: Claim): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}

/** What the library does unless it is told otherwise: ZIP 215. */
export function verifyByNobleLeniently({ message, signature, publicKey }: Claim): boolean {
  try {
    return verify(signature, message, publicKey)
  } catch {
    return false
  }
}

/** The rules of `verifySignature` over again, by points of @noble/ed25519 and without OpenSSL. */
export function verifyByNoble({ message, signature, publicKey }: Claim): boolean {
  try {
    if (signature.length !== 64) return false
    const [r, s] = [signature.slice(0, 32), toNumber(signature.slice(32))]
    const order = Point.CURVE().n
    const key = Point.fromBytes(publicKey, false)
    if (s >= order || key.isSmallOrder() || Point.fromBytes(r, false).isSmallOrder()) return false
    const k = toNumber(createHash('sha512').update(r).update(publicKey).update(message).digest()) % order
    const expected = Point.BASE.multiply(s, false).subtract(key.multiply(k, false))
    return Buffer.compare(expected.toBytes(), r) === 0
  } catch {
    return false
  }
}

function toNumber(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`)
}
