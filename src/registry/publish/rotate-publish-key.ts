import { SkilletError } from '../../shared/errors.ts'
import { envelopeSchema, releasePayloadType } from '../../shared/release.ts'
import { releasePath, signingKeysPath, type PublishKeys } from '../../shared/signed-targets.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/seal-envelope.ts'
import { toPublishKeys } from '../../trust/publish-keys.ts'
import type { SigningKey } from '../../trust/sign.ts'
import type { Database } from '../db/database.ts'
import { keyFile, keyFolders } from '../tuf/keys.ts'
import { inParallel } from '../tuf/commit.ts'
import type { TargetInfo } from '../tuf/metadata.ts'
import type { Repository } from '../tuf/repository.ts'
import { targetsKey, type KeyPlaces } from '../tuf/rotate.ts'
import { insertEnvelope } from './envelopes.ts'
import { listedReleases, newestRows } from './changes.ts'
import { publishKeyName } from './signing-key.ts'

const batch = 200
/** As many as `publishKeysSchema` takes. */
const maxPublishKeys = 64

/**
 * A new key for signing releases. The old one stands for what it signed until now, or, `compromised`, for nothing: then
 * every release that the repository lists by it is signed again over the same bytes, and the lists move over in one step.
 * `stolenKey`: the fingerprint of an earlier key, where that is the stolen one.
 * The caller holds the repository's lock on `connection`. Returns the new key and how many releases were signed again.
 */
export async function rotatePublishKey(
  connection: Database,
  repository: Repository,
  places: KeyPlaces,
  { compromised, stolenKey }: { compromised: boolean; stolenKey?: string | undefined },
): Promise<{ key: SigningKey; resigned: number }> {
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
  const key = await file.stage()
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
  const add = compromised ? await signAgain(connection, repository, stolen, key) : []
  const info = await repository.writeTarget(
    signingKeysPath,
    new Uint8Array(Buffer.from(`${JSON.stringify(keys)}\n`)),
  )
  await repository.change({
    add,
    signingKeys: { info, signer },
    ...(compromised ? { through: await newestRows(connection) } : {}),
  })
  await file.settle()
  return { key, resigned: add.length }
}

async function signAgain(
  connection: Database,
  repository: Repository,
  stolen: readonly string[],
  key: SigningKey,
): Promise<TargetInfo[]> {
  const listed = await listedReleases(repository)
  const rows = await connection
    .selectFrom('envelopes')
    .select(['seq', 'slug', 'version', 'sha256'])
    .where('keyid', 'in', stolen)
    .execute()
  // What the thief may have put into the database is not in the lists, and stays as it is.
  const seqs = rows
    .filter(({ slug, version, sha256 }) => listed.get(releasePath(slug, version)) === sha256)
    .map(({ seq }) => seq)
  const add: TargetInfo[] = []
  for (let at = 0; at < seqs.length; at += batch) {
    const part = await connection
      .selectFrom('envelopes')
      .select(['slug', 'version', 'envelope'])
      .where('seq', 'in', seqs.slice(at, at + batch))
      .execute()
    const signed = part.map(({ slug, version, envelope }) => {
      const payload = decodeBase64(envelopeSchema.parse(JSON.parse(envelope)).payload)!
      return {
        slug,
        version,
        bytes: formatEnvelope(sealEnvelope(releasePayloadType, payload, key.secretKey)),
      }
    })
    await connection.transaction().execute(async (transaction) => {
      for (const { bytes, ...release } of signed) await insertEnvelope(transaction, release, key.keyid, bytes)
    })
    await inParallel(signed, async ({ slug, version, bytes }) => {
      add.push(await repository.writeTarget(releasePath(slug, version), bytes))
    })
  }
  return add
}
