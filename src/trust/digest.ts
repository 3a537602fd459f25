import { createHash } from 'node:crypto'

/** SHA-256 in lower-case hex, 64 characters. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The fingerprint that people compare: SHA-256 of the raw 32-byte ed25519 public key. */
export function keyidOf(publicKey: Uint8Array): string {
  return sha256Hex(publicKey)
}
