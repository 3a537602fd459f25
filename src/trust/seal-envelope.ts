import { createHash } from 'node:crypto'
import { getPublicKey, hashes, sign } from '@noble/ed25519'
import { SkilletError } from '../shared/errors.ts'
import type { Envelope } from '../shared/release.ts'
import { encodeBase64 } from './base64.ts'
import { keyidOf } from './digest.ts'
import { preAuthEncoding } from './envelope.ts'
import { verifySignature } from './signature.ts'

// The synchronous functions of @noble/ed25519 bring no hash of their own, and WebCrypto's is missing in Node 18.
hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest())

/**
 * Signs `payload` with one 32-byte secret key. @noble/ed25519 signs and OpenSSL verifies, so that two implementations
 * have agreed before a release leaves: a fault while signing would give the key away.
 */
export function sealEnvelope(payloadType: string, payload: Uint8Array, secretKey: Uint8Array): Envelope {
  const message = preAuthEncoding(payloadType, payload)
  const publicKey = getPublicKey(Uint8Array.from(secretKey))
  const signature = sign(message, Uint8Array.from(secretKey))
  if (!verifySignature(message, signature, publicKey))
    throw new SkilletError('INTERNAL', 'This computer made a signature that does not hold.')
  return {
    payloadType,
    payload: encodeBase64(payload),
    signatures: [{ keyid: keyidOf(publicKey), sig: encodeBase64(signature) }],
  }
}

/** An envelope as it is stored and sent. */
export function formatEnvelope(envelope: Envelope): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(envelope)}\n`))
}
