import { readFile } from 'node:fs/promises'
import { SkilletError } from '../shared/errors.ts'
import type { LintReport } from '../shared/finding.ts'
import { releasePayloadType, type Release, type ReleaseFile } from '../shared/release.ts'
import { releasePath } from '../shared/signed-targets.ts'
import type { SkillManifest } from '../shared/skill-manifest.ts'
import { writeBundle } from '../trust/bundle-format.ts'
import { sha256Hex } from '../trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../trust/seal-envelope.ts'
import { parseSigningKey, type SigningKey } from '../trust/sign.ts'
import { singleKeyRepository } from '../trust/tuf-single-key.ts'
import { parseRelease } from '../trust/verify-release.ts'
import { readSignedReleases, signedReleasesFile, writeSignedReleases } from './signed-releases.ts'

interface Packed {
  readonly manifest: SkillManifest
  readonly packed: { tarball: Uint8Array; files: ReleaseFile[] }
  readonly report: LintReport
  readonly keyFile: string
}

/**
 * A bundle with a whole repository of its own under one key. It vouches for this release and for the newest one of every
 * other skill that the key has signed, so that bundles of one key stand beside each other; a later one of the same skill
 * takes the earlier one's place. `write` gets the bundle before the release is noted beside the key.
 */
export async function packSigned(input: Packed, write: (bundle: Uint8Array) => Promise<void>): Promise<void> {
  const now = new Date()
  const key = await readKey(input.keyFile)
  const ledger = signedReleasesFile(input.keyFile)
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
  await write(writeBundle({ release, payload: input.packed.tarball, ...repository }))
  await writeSignedReleases(ledger, {
    ...signed,
    serial,
    releases: [...others, { slug, version, length: release.length, sha256: sha256Hex(release) }],
  })
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

async function readKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SkilletError('NOT_FOUND', `The key file ${file} can't be read.`, {
      remedy: 'Check the path, or make a key with skillet keygen.',
      cause,
    })
  })
  return parseSigningKey(text)
}
