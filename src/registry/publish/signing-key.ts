import { join } from 'node:path'
import { formatSigningKey, generateSigningKey, parseSigningKey, type SigningKey } from '../../trust/sign.ts'
import { toTrustRoot } from '../../trust/root.ts'
import { readIfThere, writeWhole } from '../private-file.ts'

/**
 * The registry's signing key, made at the first start. It lies in a file that only the registry's user can read and
 * never in the database, so that a copy of the database signs nothing.
 */
export async function openSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, 'keys', 'signing-key.json')
  const text = await readIfThere(path)
  if (text !== null) return parseSigningKey(text)
  const key = generateSigningKey()
  await writeWhole(path, formatSigningKey(key))
  return key
}

/** Writes `trust-root.json`, which clients pin, and returns its path. */
export async function writeTrustRoot(dataDir: string, key: SigningKey): Promise<string> {
  const path = join(dataDir, 'trust-root.json')
  await writeWhole(path, `${JSON.stringify(toTrustRoot([key.publicKey]), null, 2)}\n`, 0o644)
  return path
}
