import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { releasePayloadType, releaseSchema, type Release } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/seal-envelope.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { isDuplicate, within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import type { SubmissionRound } from '../jobs/queues.ts'
import { notify } from '../notify.ts'
import type { ObjectStore } from '../objects/files.ts'
import { revocationReason } from '../revocations.ts'
import { insertEnvelope } from './envelopes.ts'
import type { Publication } from './publication.ts'
import { lockRepository } from './repository-lock.ts'
import { countedFindings } from './suppressions.ts'
import { readManifest } from './read-manifest.ts'
import type { Scanner } from './scanner.ts'
import { claimName, versionExists } from './submit.ts'

export interface SignPorts {
  readonly database: Database
  readonly objects: ObjectStore
  readonly scanner: Pick<Scanner, 'report'>
  /** The key that signs releases now. */
  readonly signingKey: () => Promise<SigningKey>
  readonly publication: Pick<Publication, 'publish'>
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly moved: (submission: string) => void
}

/**
 * The step that signs what was approved. What is signed is read again from the store and checked again, so that neither
 * the database's word nor an older rule's verdict is taken for what the reviewers saw. What can't be signed goes back to
 * the reviewers with the reason.
 */
export function createSigning(ports: SignPorts) {
  const { database, jobs, moved } = ports
  return async (tries: readonly Try<'sign'>[]): Promise<void> => {
    for (const { data } of tries) await signOne(data)
  }

  async function signOne({ submission: id, round }: SubmissionRound): Promise<void> {
    try {
      const signed = await within(database, { across: 'review' }, async (transaction) => {
        const submission = await approved(transaction, id)
        if (submission === null) return false
        await sign(ports, transaction, submission)
        await setStep(transaction, id, round, 'sign')
        await jobs.send(transaction, 'publish', { submission: id, round })
        return true
      })
      if (signed) jobs.wake('publish')
    } catch (error) {
      // Trying again would not help against these; a person has to decide.
      if (!(error instanceof SkilletError) || error.code === 'INTERNAL') throw error
      await sendBack(ports, id, error)
    }
    moved(id)
  }
}

/**
 * The step that lists what was signed: published is what the signed lists name. The lists are signed once for all that
 * wait.
 */
export function createListing({ database, publication, jobs, moved }: SignPorts) {
  return async (tries: readonly Try<'publish'>[]): Promise<void> => {
    await publication.publish()
    for (const { data } of tries) {
      await within(database, { across: 'review' }, (transaction) => listed(transaction, jobs, data))
      moved(data.submission)
    }
  }
}

async function listed(
  transaction: Transaction<Tables>,
  jobs: SignPorts['jobs'],
  { submission: id, round }: SubmissionRound,
): Promise<void> {
  const submission = await approved(transaction, id)
  if (submission === null) return
  await setStep(transaction, id, round, 'publish')
  await transaction.updateTable('submissions').set({ state: 'published' }).where('id', '=', id).execute()
  await notify(transaction, jobs, {
    accountId: submission.account_id,
    event: 'submission.published',
    words: `${submission.slug} ${submission.version} is published.`,
    link: `#/submissions/${id}`,
    about: { submission: id, slug: submission.slug, version: submission.version },
  })
}

type Approved = NonNullable<Awaited<ReturnType<typeof approved>>>

/** The submission, locked, if it is still on its way from approval to the lists. */
async function approved(transaction: Transaction<Tables>, id: string) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'state', 'account_id', 'slug', 'version', 'tarball_sha256', 'reviewer', 'comment'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return submission?.state === 'approved' ? submission : null
}

async function sign(ports: SignPorts, transaction: Transaction<Tables>, submission: Approved): Promise<void> {
  const { id } = submission
  const tarball = await ports.objects.read(submission.tarball_sha256)
  const report = await ports.scanner.report(tarball)
  const counted = await countedFindings(transaction, submission, report)
  if (counted.verdict === 'fail')
    throw new SkilletError(
      'PUBLISH_REJECTED',
      `The check refuses this: ${counted.findings[0]?.message ?? ''}`,
    )
  const skill = await readManifest(tarball)
  await claimName(transaction, skill.slug, submission.account_id)
  // From here on nothing else is published and no key rotated, so the key is active at the time that the release names.
  await lockRepository(transaction)
  const existing = await transaction
    .selectFrom('releases')
    .select('submission_id')
    .where('slug', '=', skill.slug)
    .where('version', '=', skill.version)
    .executeTakeFirst()
  // Signed already, by a worker that died before it could say so.
  if (existing?.submission_id === id) return
  if (existing !== undefined) throw versionExists(skill.slug, skill.version)
  const withdrawn = await revocationReason(transaction, skill.slug, '*')
  if (withdrawn !== null)
    throw new SkilletError('REVOKED', `Every version of ${skill.slug} was withdrawn: ${withdrawn}`)
  const key = await ports.signingKey()
  const now = new Date()
  const release = await toRelease(skill, tarball, {
    publishedAt: now.toISOString(),
    review: {
      reviewedAt: now.toISOString(),
      reviewer: submission.reviewer ?? '',
      verdict: counted.verdict,
      comment: submission.comment ?? '',
    },
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
}

async function setStep(
  transaction: Transaction<Tables>,
  id: string,
  round: number,
  step: 'sign' | 'publish',
): Promise<void> {
  await transaction
    .updateTable('submission_steps')
    .set({ state: 'passed', finished_at: new Date() })
    .where('submission_id', '=', id)
    .where('round', '=', round)
    .where('step', '=', step)
    .execute()
}

async function sendBack({ database }: SignPorts, id: string, error: SkilletError): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    if ((await approved(transaction, id)) === null) return
    await transaction
      .updateTable('submissions')
      .set({ state: 'rejected', comment: `It could not be published: ${error.message}` })
      .where('id', '=', id)
      .execute()
    await transaction
      .updateTable('submission_steps')
      .set({ state: 'failed', note: error.message, finished_at: new Date() })
      .where('submission_id', '=', id)
      .where('step', '=', 'sign')
      .where('state', '=', 'waiting')
      .execute()
  })
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
