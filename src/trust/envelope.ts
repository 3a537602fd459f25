import { SkilletError } from '../shared/errors.ts'
import { envelopeSchema, type Envelope } from '../shared/release.ts'
import type { PublishKeys } from '../shared/signed-targets.ts'
import { decodeBase64 } from './base64.ts'
import { usableKeys } from './publish-keys.ts'
import { verifySignature } from './signature.ts'
import { parseStrictJson } from './strict-json.ts'

/** No envelope is larger: a release with 10,000 files stays well below. */
export const maxEnvelopeBytes = 8 * 1024 * 1024

/** Pre-authentication encoding, DSSE 1.0: what is signed names its own type, so one kind can't pass for another. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]))
}

/**
 * The payload of an envelope that one of `keys` signed, and that key's fingerprint.
 * Signatures by other keys, stolen ones included, are ignored; one that claims a usable key and is wrong stops
 * everything. Whether a retired key signed in its time is the caller's to judge: only the payload knows when.
 * @throws SkilletError ENVELOPE_INVALID, SIGNATURE_INVALID, SIGNER_UNTRUSTED, METADATA_INVALID
 */
export function openEnvelope(
  bytes: Uint8Array,
  { payloadType, keys }: { payloadType: string; keys: PublishKeys },
): { payload: Uint8Array; keyid: string } {
  const envelope = parseEnvelope(bytes)
  if (envelope.payloadType !== payloadType)
    throw new SkilletError('ENVELOPE_INVALID', 'The signed document is of another kind than expected.')
  const payload = decodeBase64(envelope.payload)
  if (payload === null) throw damaged()

  const usable = usableKeys(keys)
  const message = preAuthEncoding(envelope.payloadType, payload)
  const seen = new Set<string>()
  let signer: string | null = null
  for (const { keyid, sig } of envelope.signatures) {
    if (seen.has(keyid)) throw damaged()
    seen.add(keyid)
    const key = usable.get(keyid)
    if (key === undefined) continue
    const signature = decodeBase64(sig)
    if (signature === null || !verifySignature(message, signature, key.publicKey))
      throw new SkilletError('SIGNATURE_INVALID', 'The signature is not genuine: something was altered.')
    signer ??= keyid
  }
  if (signer === null)
    throw new SkilletError('SIGNER_UNTRUSTED', 'This was signed by a key that you have no reason to trust.')
  return { payload, keyid: signer }
}

/** An envelope's form, nothing more: whoever made it may have written anything. @throws SkilletError ENVELOPE_INVALID */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > maxEnvelopeBytes)
    throw new SkilletError('ENVELOPE_INVALID', 'The signed document is too large.')
  try {
    return envelopeSchema.parse(parseStrictJson(bytes))
  } catch (error) {
    throw damaged(error)
  }
}

function damaged(cause?: unknown): SkilletError {
  return new SkilletError('ENVELOPE_INVALID', 'The signed document is damaged.', { cause })
}
