import { createHash } from 'node:crypto'
import { hashes } from '@noble/ed25519'

// The synchronous functions of @noble/ed25519 bring no hash of their own, and WebCrypto's is missing in Node 18.
hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest())

export { getPublicKey, Point, sign, verify } from '@noble/ed25519'
