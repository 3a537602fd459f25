import type { JsonWebKey } from 'node:crypto'
import { Metadata, Signature, type Key, type Root, type Targets } from '@tufjs/models'
import { getPublicKey } from '@tufjs/models/dist/utils/key.js'
import { verifySignature } from '../signature.ts'
import type { Document } from './parse-metadata.ts'
import { invalid } from './refusal.ts'

/**
 * A threshold of the keys that `delegator` names for `role` has signed the document. Ed25519 signatures are held to
 * Skillet's own strictness (`verifySignature`), which tuf-js doesn't have: no key and no R of small order, one encoding of
 * each. Keys of other kinds are left to tuf-js. A public key counts once, under however many names it is listed, and
 * however it is written.
 * @throws SkilletError METADATA_INVALID
 */
export function assertSigned(
  delegator: Metadata<Root> | Metadata<Targets>,
  role: string,
  document: Document,
): void {
  const { keys, keyids, threshold } = trusted(delegator, role)
  const message = canonicalBytes(document)
  const signers = new Set<string>()
  for (const keyid of keyids) {
    if (signers.size >= threshold) return
    const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined
    const publicKey = key === undefined ? null : readPublicKey(key)
    if (key === undefined || publicKey === null) continue
    const { kty, crv, x, y, n, e } = publicKey
    const signer = JSON.stringify([kty, crv, x, y, n, e])
    if (!signers.has(signer) && isSignedBy(key, publicKey, document, message)) signers.add(signer)
  }
  if (signers.size < threshold)
    throw invalid(`too few of the keys that must sign the ${role} list have signed it`)
}

function trusted(
  { signed }: Metadata<Root> | Metadata<Targets>,
  role: string,
): { keys: Record<string, Key>; keyids: readonly string[]; threshold: number } {
  if ('roles' in signed) {
    const { keyIDs, threshold } = signed.roles[role]!
    return { keys: signed.keys, keyids: keyIDs, threshold }
  }
  const { delegations } = signed
  const entry = delegations?.roles?.[role] ?? delegations?.succinctRoles
  if (delegations === undefined || entry === undefined) throw invalid(`nobody may sign the ${role} list`)
  return { keys: delegations.keys, keyids: entry.keyIDs, threshold: entry.threshold }
}

function isSignedBy(key: Key, { crv, x }: JsonWebKey, document: Document, message: Uint8Array): boolean {
  const signature = document.signatures[key.keyID]
  if (signature === undefined) return false
  if (key.keyType !== 'ed25519') return passesOpenSsl(key, document)
  if (crv !== 'Ed25519' || x === undefined || !/^[0-9a-fA-F]{128}$/.test(signature.sig)) return false
  const raw = new Uint8Array(Buffer.from(x, 'base64url'))
  return verifySignature(message, new Uint8Array(Buffer.from(signature.sig, 'hex')), raw)
}

function passesOpenSsl(key: Key, document: Document): boolean {
  try {
    key.verifySignature(document)
    return true
  } catch {
    // Whatever is wrong with it, it doesn't count.
    return false
  }
}

/** A key in hex, as the specification has it, or in PEM, as some write it: the same either way. Null for what is no key. */
function readPublicKey({ keyType, scheme, keyVal }: Key): JsonWebKey | null {
  const key = keyVal['public'] ?? ''
  if (keyType === 'ed25519' && /^[0-9a-fA-F]{64}$/.test(key))
    return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'hex').toString('base64url') }
  try {
    return getPublicKey({ keyType, scheme, keyVal: key }).key.export({ format: 'jwk' })
  } catch {
    return null
  }
}

/** @throws SkilletError METADATA_INVALID for what has no canonical form: fractions, or nesting without end */
function canonicalBytes(document: Document): Uint8Array {
  let bytes: Uint8Array = new Uint8Array()
  // Signing is the one place where @tufjs/models gives out the canonical form.
  const copy = new Metadata(document.signed)
  try {
    copy.sign((data) => {
      bytes = new Uint8Array(data)
      return new Signature({ keyID: '', sig: '' })
    })
  } catch (error) {
    throw invalid('one of them is damaged', error)
  }
  return bytes
}
