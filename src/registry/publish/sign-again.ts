import { SkilletError } from '../../shared/errors.ts'
import { releasePayloadType } from '../../shared/release.ts'
import { releasePath, type PublishKeys } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { openEnvelope } from '../../trust/envelope.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/seal-envelope.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { verifyRelease } from '../../trust/verify-release.ts'
import type { Database } from '../db/database.ts'
import { inParallel } from '../tuf/commit.ts'
import type { TargetInfo } from '../tuf/metadata.ts'
import type { Repository } from '../tuf/repository.ts'
import { listedReleases } from './changes.ts'
import { insertEnvelope } from './envelopes.ts'

const batch = 200

/** A release that a stolen key signed; `publishedAt` RFC 3339, the later of what the release and the database say. */
export interface StolenRelease {
  readonly slug: string
  readonly version: string
  readonly publishedAt: string
}

interface SignedAgain {
  readonly signedAgain: readonly StolenRelease[]
  /** Published at `since` or later, maybe by the thief. */
  readonly delisted: readonly StolenRelease[]
  readonly add: readonly TargetInfo[]
}

/**
 * Signs with `key` what the repository lists by one of the keys `stolen`. The bytes are those that are listed, and only
 * where the old key's signature holds over them: the database is no witness of what that key has signed.
 * Throws STORE_DAMAGED, naming the release, where it doesn't.
 */
export async function signAgain(
  connection: Database,
  repository: Repository,
  request: {
    /** The keys as they are listed so far. */
    keys: PublishKeys
    stolen: readonly string[]
    key: SigningKey
    since: Date | undefined
  },
): Promise<SignedAgain> {
  const { keys, stolen, key, since } = request
  const listed = await listedReleases(repository)
  const signedAgain: StolenRelease[] = []
  const delisted: StolenRelease[] = []
  const add: TargetInfo[] = []

  async function listedBytes(slug: string, version: string): Promise<Uint8Array> {
    const path = releasePath(slug, version)
    const sha256 = listed.get(path)!
    const bytes = await repository.files.readTarget(path, sha256)
    if (bytes === null || sha256Hex(bytes) !== sha256)
      throw new SkilletError('STORE_DAMAGED', 'its file is missing or damaged')
    return bytes
  }

  async function judge(row: { slug: string; version: string; published_at: Date }) {
    const { slug, version } = row
    const isLate = (date: string) => since !== undefined && Date.parse(date) >= since.getTime()
    const inDatabase = row.published_at.toISOString()
    try {
      const bytes = await listedBytes(slug, version)
      const { release, keyid } = verifyRelease(bytes, keys, { slug, version })
      if (!stolen.includes(keyid)) return null
      const publishedAt =
        Date.parse(release.publishedAt) > Date.parse(inDatabase) ? release.publishedAt : inDatabase
      const stolenRelease = { slug, version, publishedAt }
      if (isLate(publishedAt)) return { release: stolenRelease, bytes: null }
      const { payload } = openEnvelope(bytes, { payloadType: releasePayloadType, keys })
      return {
        release: stolenRelease,
        bytes: formatEnvelope(sealEnvelope(releasePayloadType, payload, key.secretKey)),
      }
    } catch (error) {
      if (!(error instanceof SkilletError)) throw error
      if (isLate(inDatabase)) return { release: { slug, version, publishedAt: inDatabase }, bytes: null }
      throw new SkilletError(
        'STORE_DAMAGED',
        `${slug} ${version} is listed, but it is not what the registry's key signed: ${error.message}`,
        {
          remedy: `Nothing was changed. Withdraw it (skillet registry revoke ${slug}@${version}) or restore tuf/targets from a backup, then try again.`,
          cause: error,
        },
      )
    }
  }

  const rows = await connection
    .selectFrom('releases')
    .select(['slug', 'version', 'published_at'])
    .orderBy('published_at')
    .execute()
  const concerned = rows.filter(({ slug, version }) => listed.has(releasePath(slug, version)))
  for (let at = 0; at < concerned.length; at += batch) {
    const judged = (await Promise.all(concerned.slice(at, at + batch).map(judge))).filter(
      (one) => one !== null,
    )
    delisted.push(...judged.filter(({ bytes }) => bytes === null).map(({ release }) => release))
    const signed = judged.flatMap(({ release, bytes }) => (bytes === null ? [] : [{ release, bytes }]))
    await connection.transaction().execute(async (transaction) => {
      for (const { release, bytes } of signed) await insertEnvelope(transaction, release, key.keyid, bytes)
    })
    await inParallel(signed, async ({ release: { slug, version }, bytes }) => {
      add.push(await repository.writeTarget(releasePath(slug, version), bytes))
    })
    signedAgain.push(...signed.map(({ release }) => release))
  }
  return { signedAgain, delisted, add }
}
