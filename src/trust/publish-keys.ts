import { SkilletError } from '../shared/errors.ts'
import { publishKeysSchema, type PublishKey, type PublishKeys } from '../shared/signed-targets.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { keyidOf } from './digest.ts'
import { parseStrictJson } from './strict-json.ts'

const maxBytes = 64 * 1024

/**
 * The target `signing-keys.json`, checked: each key is 32 bytes, under its own fingerprint, and there once.
 * @throws SkilletError METADATA_INVALID
 */
export function parsePublishKeys(bytes: Uint8Array): PublishKeys {
  if (bytes.length > maxBytes) throw invalid('it is too large')
  let list: PublishKeys
  try {
    list = publishKeysSchema.parse(parseStrictJson(bytes))
  } catch (error) {
    throw invalid('it is not a list of keys', error)
  }
  usableKeys(list)
  return list
}

/** A list in which these 32-byte public keys are active, as `signing-keys.json` holds it. */
export function toPublishKeys(publicKeys: readonly Uint8Array[], since = new Date(0)): PublishKeys {
  return {
    schema: 1,
    keys: publicKeys.map((key) => ({
      keyid: keyidOf(key),
      publicKey: encodeBase64(key),
      status: 'active',
      since: since.toISOString(),
      until: null,
    })),
  }
}

/** A key that may vouch for something, with its 32 raw bytes. */
export interface UsableKey {
  readonly publicKey: Uint8Array
  readonly status: Exclude<PublishKey['status'], 'compromised'>
  readonly until: string | null
}

/** Keys by fingerprint, those that were stolen left out. @throws SkilletError METADATA_INVALID */
export function usableKeys(list: PublishKeys): Map<string, UsableKey> {
  const seen = new Set<string>()
  const keys = new Map<string, UsableKey>()
  for (const { keyid, publicKey, status, until } of list.keys) {
    const bytes = decodeBase64(publicKey)
    if (bytes?.length !== 32) throw invalid('a key in it is damaged')
    // A list may reach this place without parsePublishKeys; a keyid that lies must still never count.
    if (keyidOf(bytes) !== keyid) throw invalid("a key in it doesn't match its fingerprint")
    if (seen.has(keyid)) throw invalid('a key is in it twice')
    seen.add(keyid)
    if ((status === 'active') !== (until === null)) throw invalid('a key in it stopped at no time')
    if (status !== 'compromised') keys.set(keyid, { publicKey: bytes, status, until })
  }
  return keys
}

function invalid(why: string, cause?: unknown): SkilletError {
  return new SkilletError('METADATA_INVALID', `The list of signing keys can't be used: ${why}.`, { cause })
}
