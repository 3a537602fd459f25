import { join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { PublishKeys } from '../../shared/signed-targets.ts'
import { toPublishKeys } from '../../trust/publish-keys.ts'
import type { SigningKey } from '../../trust/sign.ts'
import type { Database } from '../db/database.ts'
import { keyFile, keyFolders, openKey } from '../tuf/keys.ts'
import type { Repository } from '../tuf/repository.ts'

export const publishKeyName = 'signing-key'

/**
 * The keys that a new repository lists: the registry's own, made where there is none. It lies in a file that only the
 * registry's user can read and never in the database, so that a copy of the database signs nothing.
 * Throws STORE_DAMAGED where the key is gone although it has signed releases.
 */
export async function firstPublishKeys(dataDir: string, database: Database): Promise<PublishKeys> {
  const folder = keyFolders(dataDir).publish
  const first = await database
    .selectFrom('envelopes')
    .innerJoin('releases', (join) =>
      join.onRef('releases.slug', '=', 'envelopes.slug').onRef('releases.version', '=', 'envelopes.version'),
    )
    .select(['envelopes.keyid', 'published_at'])
    .orderBy('published_at')
    .limit(1)
    .executeTakeFirst()
  if (first !== undefined && (await keyFile(folder, publishKeyName).find([first.keyid])) === null)
    throw missing(dataDir)
  return toPublishKeys([(await openKey(folder, publishKeyName)).publicKey], first?.published_at ?? new Date())
}

/**
 * The key that signs releases now: the one that is listed as active, so that a rotation by another process is noticed.
 * Throws STORE_DAMAGED where its file is gone.
 */
export function createSigningKey(dataDir: string, repository: Repository): () => Promise<SigningKey> {
  let known: SigningKey | null = null
  return async () => {
    const { keys } = await repository.publishKeys()
    const active = keys.filter(({ status }) => status === 'active').map(({ keyid }) => keyid)
    if (known !== null && active.includes(known.keyid)) return known
    known = await keyFile(keyFolders(dataDir).publish, publishKeyName).find(active)
    if (known === null) throw missing(dataDir)
    return known
  }
}

/** Keys that may vouch for releases: envelopes by any other are as good as not there. */
export async function usableKeyids(repository: Repository): Promise<string[]> {
  const { keys } = await repository.publishKeys()
  return keys.filter(({ status }) => status !== 'compromised').map(({ keyid }) => keyid)
}

function missing(dataDir: string): SkilletError {
  const path = join(keyFolders(dataDir).publish, `${publishKeyName}.json`)
  return new SkilletError(
    'STORE_DAMAGED',
    `The registry has published releases, but its signing key is missing: there is no such key in ${path}.`,
    {
      remedy:
        'Restore the file from a backup, or list a new key in its place: skillet registry rotate-key publish',
    },
  )
}
