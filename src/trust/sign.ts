import { randomBytes, sign } from 'node:crypto'
import { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'
import { sha256Schema } from '../shared/identifiers.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { keyidOf } from './digest.ts'
import { rawPublicKeyOf, toPrivateKey } from './ed25519-keys.ts'

export interface SigningKey {
  /** 32-byte RFC 8032 seed, not the 64-byte expanded key. */
  readonly secretKey: Uint8Array
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly keyid: string
}

const keyFileSchema = z.strictObject({ schema: z.literal(1), keyid: sha256Schema, secretKey: z.string() })

export function generateSigningKey(): SigningKey {
  return toSigningKey(new Uint8Array(randomBytes(32)))
}

/** 32-byte seed → 32-byte public key. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return rawPublicKeyOf(secretKey)
}

/** RFC 8032 Ed25519 signature, 64 bytes. */
export function signMessage(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, toPrivateKey(secretKey)))
}

/** What a key file holds: `{schema: 1, keyid, secretKey}` in JSON. Write it with mode 0600. */
export function formatSigningKey(key: Pick<SigningKey, 'keyid' | 'secretKey'>): string {
  return `${JSON.stringify({ schema: 1, keyid: key.keyid, secretKey: encodeBase64(key.secretKey) }, null, 2)}\n`
}

/** @throws SkilletError INPUT_INVALID when the file isn't a signing key, or its keyid names another key. */
export function parseSigningKey(text: string): SigningKey {
  let file: z.output<typeof keyFileSchema>
  try {
    file = keyFileSchema.parse(JSON.parse(text))
  } catch {
    // Without the cause: a parser's message may quote the secret.
    throw notAKey('The file is not a signing key.')
  }
  const secretKey = decodeBase64(file.secretKey)
  if (secretKey?.length !== 32) throw notAKey('The signing key has the wrong length.')
  const key = toSigningKey(secretKey)
  if (key.keyid !== file.keyid) throw notAKey("The signing key doesn't match its own fingerprint.")
  return key
}

function toSigningKey(secretKey: Uint8Array): SigningKey {
  const publicKey = publicKeyOf(secretKey)
  return { secretKey, publicKey, keyid: keyidOf(publicKey) }
}

function notAKey(message: string): SkilletError {
  return new SkilletError('INPUT_INVALID', message, {
    remedy: 'Choose a key file that "skillet keygen" made.',
  })
}
