import { SkilletError } from '../shared/errors.ts'
import { trustRootSchema, type TrustRoot } from '../shared/release.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { keyidOf } from './digest.ts'
import { parseStrictJson } from './strict-json.ts'

const maxBytes = 64 * 1024

/**
 * The keys that this computer pins, checked: each is 32 bytes, under its own fingerprint, and there once.
 * @throws SkilletError TRUST_ROOT_INVALID
 */
export function parseTrustRoot(bytes: Uint8Array): TrustRoot {
  if (bytes.length > maxBytes) throw invalid('it is too large')
  let root: TrustRoot
  try {
    root = trustRootSchema.parse(parseStrictJson(bytes))
  } catch (error) {
    throw invalid('it is not a list of keys', error)
  }
  const seen = new Set<string>()
  for (const key of root.keys) {
    const publicKey = decodeBase64(key.publicKey)
    if (publicKey?.length !== 32) throw invalid('a key in it is damaged')
    if (keyidOf(publicKey) !== key.keyid) throw invalid("a key in it doesn't match its fingerprint")
    if (seen.has(key.keyid)) throw invalid('a key is in it twice')
    seen.add(key.keyid)
  }
  return root
}

/** A trust root that pins these 32-byte public keys, as `trust-root.json` holds it. */
export function toTrustRoot(publicKeys: readonly Uint8Array[]): TrustRoot {
  return {
    schema: 1,
    keys: publicKeys.map((key) => ({ keyid: keyidOf(key), publicKey: encodeBase64(key) })),
  }
}

/** Pinned keys by fingerprint, 32 raw bytes each. */
export function pinnedKeys(root: TrustRoot): Map<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>()
  for (const { keyid, publicKey } of root.keys) {
    const bytes = decodeBase64(publicKey)
    // A root may reach this place without parseTrustRoot; a keyid that lies must still never count.
    if (bytes?.length !== 32 || keyidOf(bytes) !== keyid)
      throw invalid("a key in it doesn't match its fingerprint")
    keys.set(keyid, bytes)
  }
  return keys
}

function invalid(why: string, cause?: unknown): SkilletError {
  return new SkilletError('TRUST_ROOT_INVALID', `The trust root can't be used: ${why}.`, { cause })
}
