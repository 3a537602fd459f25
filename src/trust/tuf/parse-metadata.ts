import { Metadata, Signature, type Targets } from '@tufjs/models'
import { parseStrictJson } from '../strict-json.ts'
import { parseUtcTime } from './clock.ts'
import { invalid } from './refusal.ts'

/** Enough of a metadata file to check who signed it; its content is not looked at. */
export type Document = Metadata<Targets>
type JsonObject = Parameters<typeof Metadata.fromJSON>[1]

/** The outer form that all metadata share, TUF 1.0 §4.2 and §4.3. */
export interface PlainMetadata {
  /** The signatures, and what they are over: the canonical form of `signed`, members that nobody knows included. */
  readonly document: Document
  readonly signed: JsonObject
  readonly type: string
  readonly version: number
  readonly expires: string
}

/**
 * Bytes → metadata whose version and expiry are what they should be: tuf-js takes a date that can't be read for one that
 * is never reached, and the last of two members with one name for the only one.
 * @throws SkilletError METADATA_INVALID
 */
export function parseMetadata(bytes: Uint8Array): PlainMetadata {
  let json: unknown
  try {
    json = parseStrictJson(bytes)
  } catch (error) {
    throw invalid('one of them is damaged', error)
  }
  if (!isObject(json) || !isObject(json['signed'])) throw invalid('one of them is not signed')
  const { signed } = json
  const { _type: type, version, expires } = signed
  if (typeof type !== 'string' || typeof expires !== 'string') throw invalid('one of them is not complete')
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    throw invalid('one of them has no version')
  parseUtcTime(expires)
  return { document: toDocument(signed, json['signatures']), signed, type, version, expires }
}

function toDocument(signed: JsonObject, list: unknown): Document {
  if (!Array.isArray(list) || !list.every(isObject)) throw invalid('one of them has no signatures')
  const signatures: Record<string, Signature> = Object.create(null) as Record<string, Signature>
  for (const { keyid, sig } of list) {
    if (typeof keyid !== 'string' || typeof sig !== 'string') throw invalid('a signature is damaged')
    // TUF 1.0 §4.2.1: each key signs once.
    if (signatures[keyid] !== undefined) throw invalid('one of them carries a signature twice')
    signatures[keyid] = new Signature({ keyID: keyid, sig })
  }
  return new Metadata({ toJSON: () => signed } as Targets, signatures)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
