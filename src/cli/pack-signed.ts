import { withFileLock } from '../engine/audit/file-lock.ts'
import { SkilletError } from '../shared/errors.ts'
import type { LintReport } from '../shared/finding.ts'
import { releasePayloadType, type Release, type ReleaseFile } from '../shared/release.ts'
import { releasePath } from '../shared/signed-targets.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import { writeBundle } from '../trust/bundle-format.ts'
import { sha256Hex } from '../trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../trust/seal-envelope.ts'
import type { SigningKey } from '../trust/sign.ts'
import { singleKeyRepository } from '../trust/tuf-single-key.ts'
import { parseRelease } from '../trust/verify-release.ts'
import { notNoted, readSignedReleases, signedReleasesFile, writeSignedReleases } from './signed-releases.ts'
import { readSigningKey } from './signing-key-file.ts'

interface Packed {
  readonly manifest: SkillManifest
  readonly packed: { tarball: Uint8Array; files: ReleaseFile[] }
  readonly report: LintReport
  readonly keyFile: string
}

/**
 * A bundle with a whole repository of its own under one key. It vouches for this release and for the newest one of every
 * other skill that the key has signed, so that bundles of one key stand beside each other; a later one of the same skill
 * takes the earlier one's place. `write` gets the bundle once the release is noted beside the key: no two bundles of a key
 * may carry the same number, and one that isn't noted would be vouched for by none that follows.
 * @throws SkilletError BUSY while another one is made with this key, and what reading and noting throw
 */
export async function packSigned(input: Packed, write: (bundle: Uint8Array) => Promise<void>): Promise<void> {
  const ledger = signedReleasesFile(input.keyFile)
  const key = await readSigningKey(input.keyFile)
  let begun = false
  try {
    await withFileLock(`${ledger}.lock`, () => {
      begun = true
      return packWith(key, ledger, input, write)
    })
  } catch (error) {
    if (begun || !(error instanceof SkilletError) || error.code !== 'NOT_WRITABLE') throw error
    throw notNoted(ledger, error)
  }
}

async function packWith(
  key: SigningKey,
  ledger: string,
  input: Packed,
  write: (bundle: Uint8Array) => Promise<void>,
): Promise<void> {
  const now = new Date()
  const signed = await readSignedReleases(ledger, key.keyid)

  const content = releaseOf(input, now)
  const { slug, version } = content
  const payload = new TextEncoder().encode(JSON.stringify(content))
  // What we sign is held to what we accept.
  parseRelease(payload)
  const release = formatEnvelope(sealEnvelope(releasePayloadType, payload, key.secretKey))

  const others = signed.releases.filter((one) => one.slug !== slug)
  // Never twice the same number, however fast two bundles follow each other.
  const serial = Math.max(Math.floor(now.getTime() / 1000), signed.serial + 1)
  const repository = singleKeyRepository(
    key,
    { path: releasePath(slug, version), bytes: release },
    {
      version: serial,
      now,
      alsoListed: others.map((one) => ({ ...one, path: releasePath(one.slug, one.version) })),
    },
  )
  await writeSignedReleases(ledger, {
    ...signed,
    serial,
    releases: [...others, { slug, version, length: release.length, sha256: sha256Hex(release) }],
  })
  await write(writeBundle({ release, payload: input.packed.tarball, ...repository }))
}

/** The release that the packer signs. Its reviewer is whoever holds the key: nobody else has looked at it. */
function releaseOf({ manifest, packed, report }: Packed, now: Date): Release {
  return {
    schema: 1,
    slug: manifest.slug,
    version: manifest.version,
    publisher: manifest.publisher,
    publishedAt: now.toISOString(),
    skill: manifest,
    files: packed.files,
    tarball: { sha256: sha256Hex(packed.tarball), size: packed.tarball.length },
    review: {
      reviewedAt: now.toISOString(),
      reviewer: `${manifest.publisher} (the publisher)`,
      verdict: report.verdict === 'warn' ? 'warn' : 'pass',
      comment: 'Packed and signed by its publisher; no registry has reviewed it.',
    },
  }
}
