import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import { releasePayloadType } from '../../shared/release.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { formatEnvelope, sealEnvelope } from '../../trust/seal-envelope.ts'
import type { SigningKey } from '../../trust/sign.ts'
import { isDuplicate, within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import type { SubmissionRound } from '../jobs/queues.ts'
import type { ObjectStore } from '../objects/files.ts'
import { revocationReason } from '../revocations.ts'
import { insertEnvelope } from './envelopes.ts'
import type { KnownNames } from './known-names.ts'
import { lockRepository } from './repository-lock.ts'
import { readManifest } from './read-manifest.ts'
import type { Scanner } from './scanner.ts'
import { lockApproved, setStep } from './steps.ts'
import { claimName, versionExists } from './submit.ts'
import { countedFindings } from './suppressions.ts'
import { tellPublisher } from './tell-publisher.ts'
import { toRelease } from './to-release.ts'

export interface SignPorts {
  readonly database: Database
  readonly objects: ObjectStore
  readonly scanner: Pick<Scanner, 'report'>
  readonly knownNames: KnownNames
  /** The key that signs releases now. */
  readonly signingKey: () => Promise<SigningKey>
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly moved: (submission: string) => void
}

type Approved = NonNullable<Awaited<ReturnType<typeof lockApproved>>>

/** What an approved submission's tarball holds, read again from the store and scanned again. */
interface Checked {
  readonly tarball: Uint8Array
  readonly report: LintReport
  readonly skill: SkillManifest
}

/**
 * The step that signs what was approved. What is signed is read again from the store and checked again, so that neither
 * the database's word nor an older rule's verdict is taken for what the reviewers saw. What can't be signed goes back to
 * the reviewers with the reason.
 */
export function createSigning(ports: SignPorts) {
  const { database, objects, scanner, knownNames, jobs, moved } = ports
  return async (tries: readonly Try<'sign'>[]): Promise<void> => {
    for (const { data } of tries) await signOne(data)
  }

  async function signOne({ submission: id, round }: SubmissionRound): Promise<void> {
    try {
      const submission = await within(database, { across: 'review' }, (transaction) =>
        lockApproved(transaction, id),
      )
      if (submission === null) return
      // Outside the transaction: a scan may take a minute, and nobody else should wait for a row as long.
      const checked = await check(submission)
      await within(database, { across: 'review' }, async (transaction) => {
        const still = await lockApproved(transaction, id)
        if (still === null) return
        await sign(ports, transaction, still, checked)
        await setStep(transaction, { id, round, step: 'sign' }, { state: 'passed', finished_at: new Date() })
        await jobs.send(transaction, 'publish', { submission: id, round })
      })
      jobs.wake('publish')
    } catch (error) {
      // Trying again would not help against these; a person has to decide.
      if (!(error instanceof SkilletError) || error.code === 'INTERNAL') throw error
      await sendBack(ports, { submission: id, round }, error)
    }
    moved(id)
  }

  async function check(submission: Approved): Promise<Checked> {
    const tarball = await objects.read(submission.tarball_sha256)
    const report = await scanner.report(tarball, await knownNames(submission))
    return { tarball, report, skill: await readManifest(tarball) }
  }
}

async function sign(
  ports: SignPorts,
  transaction: Transaction<Tables>,
  submission: Approved,
  { tarball, report, skill }: Checked,
): Promise<void> {
  const { id } = submission
  const counted = await countedFindings(transaction, submission, report)
  if (counted.verdict === 'fail')
    throw new SkilletError(
      'PUBLISH_REJECTED',
      `The check refuses this: ${counted.findings[0]?.message ?? ''}`,
    )
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

async function sendBack(
  { database, jobs }: SignPorts,
  { submission: id, round }: SubmissionRound,
  error: SkilletError,
): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    const submission = await lockApproved(transaction, id)
    if (submission === null) return
    const words = `It could not be published: ${error.message}`
    await transaction
      .updateTable('submissions')
      .set({ state: 'rejected', comment: words })
      .where('id', '=', id)
      .execute()
    await setStep(
      transaction,
      { id, round, step: 'sign' },
      { state: 'failed', note: error.message, finished_at: new Date() },
    )
    await tellPublisher(
      transaction,
      jobs,
      submission,
      'submission.rejected',
      (name) => `${name} was sent back. It could not be published: ${error.message}`,
    )
  })
  jobs.wake('deliver')
}
