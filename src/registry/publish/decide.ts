import { SkilletError } from '../../shared/errors.ts'
import { releasePayloadType, releaseSchema, type Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { lintArchiveBytes } from '../../review/lint.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/seal-envelope.ts'
import type { SigningKey } from '../../trust/sign.ts'
import type { Caller } from '../auth/caller.ts'
import { insertEnvelope } from './envelopes.ts'
import { lockRepository } from './repository-lock.ts'
import { revocationReason } from '../revocations.ts'
import { isDuplicate, within, type Database } from '../db/database.ts'
import type { ObjectStore } from '../objects/files.ts'
import { claimName, readManifest, versionExists } from './submit.ts'

/**
 * Signs and publishes a submission. What is signed is read again from the store and linted again, so that neither
 * the database's word nor an older linter's verdict is taken for what the reviewer saw.
 * Throws NOT_FOUND, BUSY (decided already), VERSION_EXISTS, DIGEST_MISMATCH, PUBLISH_REJECTED,
 * FORBIDDEN (the name went to another publisher meanwhile), REVOKED (every version of the skill is withdrawn).
 */
export async function approveSubmission(
  database: Database,
  objects: ObjectStore,
  signingKey: () => Promise<SigningKey>,
  reviewer: Caller,
  id: string,
  comment: string,
): Promise<{ slug: string; version: string }> {
  return within(database, { across: 'review' }, async (transaction) => {
    const submission = await waiting(transaction, id)
    const tarball = await objects.read(submission.tarball_sha256)
    const report = await lintArchiveBytes(id, tarball, { purpose: 'publish' })
    if (report.verdict === 'fail')
      throw new SkilletError(
        'PUBLISH_REJECTED',
        `The linter refuses this: ${report.findings[0]?.message ?? ''}`,
      )
    const skill = await readManifest(tarball)
    await claimName(transaction, skill.slug, submission.account_id)
    // From here on nothing else is published and no key rotated, so the key is active at the time that the release names.
    await lockRepository(transaction)
    const withdrawn = await revocationReason(transaction, skill.slug, '*')
    if (withdrawn !== null)
      throw new SkilletError('REVOKED', `Every version of ${skill.slug} was withdrawn: ${withdrawn}`, {
        remedy: 'Publish it under another name, or reject this submission.',
      })
    const key = await signingKey()
    const now = new Date()
    const release = await toRelease(skill, tarball, {
      publishedAt: now.toISOString(),
      review: { reviewedAt: now.toISOString(), reviewer: reviewer.account, verdict: report.verdict, comment },
    })
    const payload = new TextEncoder().encode(JSON.stringify(release))
    const envelope = formatEnvelope(sealEnvelope(releasePayloadType, payload, key.secretKey))
    try {
      await transaction
        .insertInto('releases')
        .values({
          slug: skill.slug,
          version: skill.version,
          submission_id: id,
          tier: skill.tier,
          tarball_sha256: release.tarball.sha256,
          tarball_size: release.tarball.size,
          skill: JSON.stringify(skill),
          published_at: now,
        })
        .execute()
      await insertEnvelope(transaction, skill, key.keyid, envelope)
    } catch (error) {
      if (isDuplicate(error)) throw versionExists(skill.slug, skill.version)
      throw error
    }
    await decide(transaction, id, 'published', reviewer, comment, now)
    return { slug: skill.slug, version: skill.version }
  })
}

/** Turns a submission down; `comment` tells the publisher why. Throws NOT_FOUND, BUSY (decided already). */
export async function rejectSubmission(
  database: Database,
  reviewer: Caller,
  id: string,
  comment: string,
): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    await waiting(transaction, id)
    await decide(transaction, id, 'rejected', reviewer, comment, new Date())
  })
}

/** Locks the row, so that two reviewers can't decide at once. */
async function waiting(
  transaction: Database,
  id: string,
): Promise<{ account_id: string; tarball_sha256: string }> {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['state', 'account_id', 'tarball_sha256'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (submission === undefined) throw new SkilletError('NOT_FOUND', 'There is no such submission.')
  if (submission.state !== 'in_review')
    throw new SkilletError('BUSY', `This submission is ${submission.state.replace('_', ' ')} already.`, {
      remedy: 'Nothing is left to decide; see registry review list.',
    })
  return submission
}

async function decide(
  transaction: Database,
  id: string,
  state: 'published' | 'rejected',
  reviewer: Caller,
  comment: string,
  at: Date,
): Promise<void> {
  await transaction
    .updateTable('submissions')
    .set({ state, reviewed_at: at, reviewer: reviewer.account, comment })
    .where('id', '=', id)
    .execute()
}

async function toRelease(
  skill: SkillManifest,
  tarball: Uint8Array,
  facts: Pick<Release, 'publishedAt' | 'review'>,
): Promise<Release> {
  const entries = await readArchiveEntries(tarball)
  return releaseSchema.parse({
    schema: 1,
    slug: skill.slug,
    version: skill.version,
    publisher: skill.publisher,
    publishedAt: facts.publishedAt,
    skill,
    files: entries.map((entry) => ({
      path: entry.path,
      size: entry.content.byteLength,
      sha256: sha256Hex(entry.content),
      executable: entry.executable,
    })),
    tarball: { sha256: sha256Hex(tarball), size: tarball.byteLength },
    review: facts.review,
  } satisfies Release)
}
