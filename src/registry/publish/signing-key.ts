import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import { formatSigningKey, generateSigningKey, parseSigningKey, type SigningKey } from '../../trust/sign.ts'
import { toPublishKeys } from '../../trust/publish-keys.ts'
import type { Database } from '../db/database.ts'
import { readIfThere, writeWhole } from '../whole-file.ts'

/**
 * The registry's signing key, made at the first start. It lies in a file that only the registry's user can read and
 * never in the database, so that a copy of the database signs nothing. Throws STORE_DAMAGED where the key is gone
 * although it has signed releases: a new one would be refused by everybody who pinned the old.
 */
export async function openSigningKey(dataDir: string, database: Database): Promise<SigningKey> {
  const path = join(dataDir, 'keys', 'signing-key.json')
  const text = await readIfThere(path)
  if (text !== null) return parseSigningKey(text)
  const released = await database.selectFrom('releases').select('slug').limit(1).executeTakeFirst()
  if (released !== undefined)
    throw new SkilletError(
      'STORE_DAMAGED',
      `The registry has published releases, but its signing key is missing: there is no file ${path}.`,
      { remedy: 'Restore the file from a backup, or start with the data folder that holds it.' },
    )
  const key = generateSigningKey()
  await writeWhole(path, formatSigningKey(key))
  return key
}

/** Writes `trust-root.json`, which clients pin, and returns its path. */
export async function writeTrustRoot(dataDir: string, key: SigningKey): Promise<string> {
  const path = join(dataDir, 'trust-root.json')
  await writeWhole(path, `${JSON.stringify(toPublishKeys([key.publicKey]), null, 2)}\n`, 0o644)
  return path
}
