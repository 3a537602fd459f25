import { SkilletError } from '../../shared/errors.ts'
import { releasePath, signingKeysPath, type PublishKeys } from '../../shared/signed-targets.ts'
import { toPublishKeys } from '../../trust/publish-keys.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { createCatalogLines, writeCatalog } from '../catalog.ts'
import type { Database } from '../db/database.ts'
import { keyFile, keyFolders } from '../tuf/keys.ts'
import type { TargetInfo } from '../tuf/metadata.ts'
import type { Repository } from '../tuf/repository.ts'
import { targetsKey, type KeyPlaces } from '../tuf/rotate.ts'
import { newestRows } from './changes.ts'
import { signAgain, type StolenRelease } from './sign-again.ts'
import { publishKeyName } from './signing-key.ts'

/** As many as `publishKeysSchema` takes. */
const maxPublishKeys = 64

/**
 * A new key for signing releases. The old one stands for what it signed until now, or, `compromised`, for nothing: then
 * every release that the repository lists by it is signed again over the same bytes, and the lists move over in one step.
 * `stolenKey`: the fingerprint of an earlier key, where that is the stolen one. `since`: what was published then or later
 * is not signed again but listed no more; it stays in the database, by a key that counts for nothing.
 * The caller holds the repository's lock on `connection`. Throws STORE_DAMAGED where a listed release is not what the old
 * key signed.
 */
export async function rotatePublishKey(
  connection: Database,
  repository: Repository,
  places: KeyPlaces,
  {
    compromised,
    stolenKey,
    since,
  }: { compromised: boolean; stolenKey?: string | undefined; since?: Date | undefined },
): Promise<{
  key: SigningKey
  signedAgain: readonly StolenRelease[]
  delisted: readonly StolenRelease[]
}> {
  const signer = await targetsKey(places, await repository.state())
  const present = await repository.publishKeys()
  const active = present.keys.filter(({ status }) => status === 'active').map(({ keyid }) => keyid)
  const stolen = !compromised ? [] : stolenKey === undefined ? active : [stolenKey]
  if (!stolen.every((keyid) => present.keys.some((key) => key.keyid === keyid)))
    throw new SkilletError('INPUT_INVALID', `The registry never signed with ${stolenKey}.`, {
      remedy: 'Give the whole fingerprint, as signing-keys.json lists it.',
    })
  // Clients read no more keys than this. A stolen one is as good as one that isn't there.
  const kept = present.keys.filter(
    ({ status }) => status !== 'compromised' || present.keys.length < maxPublishKeys,
  )
  if (kept.length >= maxPublishKeys)
    throw new SkilletError('INPUT_INVALID', `There are ${maxPublishKeys} signing keys already.`, {
      remedy: 'Retire the oldest one for good: rotate-key publish --compromised --key FINGERPRINT',
    })
  const file = keyFile(keyFolders(places.dataDir).publish, publishKeyName)
  const key = await file.stage(active)
  const now = repository.now()
  const keys: PublishKeys = {
    schema: 1,
    keys: [
      ...toPublishKeys([key.publicKey], now).keys,
      ...kept.map((old) => ({
        ...old,
        status: stolen.includes(old.keyid)
          ? ('compromised' as const)
          : old.status === 'active'
            ? ('retired' as const)
            : old.status,
        until: old.until ?? now.toISOString(),
      })),
    ],
  }
  // Rows by a key that isn't listed count for nothing, so a kill before the lists move over leaves all as it was.
  const { add, signedAgain, delisted } = compromised
    ? await signAgain(connection, repository, { keys: present, stolen, key, since })
    : { add: [], signedAgain: [], delisted: [] }
  const info = await repository.writeTarget(
    signingKeysPath,
    new Uint8Array(Buffer.from(`${JSON.stringify(keys)}\n`)),
  )
  const usable = keys.keys.filter(({ status }) => status !== 'compromised').map(({ keyid }) => keyid)
  await repository.change({
    add,
    remove: delisted.map(({ slug, version }) => releasePath(slug, version)),
    signingKeys: { info, signer },
    ...(compromised ? { through: await newestRows(connection) } : {}),
    ...(delisted.length > 0 ? { catalog: await wholeCatalog(connection, repository, usable) } : {}),
  })
  await file.settle()
  return { key, signedAgain, delisted }
}

async function wholeCatalog(
  connection: Database,
  repository: Repository,
  usable: readonly string[],
): Promise<TargetInfo> {
  const catalog = createCatalogLines()
  await catalog.refresh(connection, usable)
  return writeCatalog(repository, catalog.bytes())
}
