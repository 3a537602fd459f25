import type { Transaction } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import type { SkillManifest } from '../../shared/skill-manifest.ts'
import { ensureAccount } from '../auth/api-keys.ts'
import type { Caller } from '../auth/caller.ts'
import { aboutSubmission, record } from '../audit.ts'
import { within, type Database } from '../db/database.ts'
import type { SubmissionState, Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { scanSteps } from '../jobs/queues.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { Scanner } from './scanner.ts'

/**
 * Takes a skill's tarball in: stored, and on its way through the pipeline. What can't even be read is taken in too: the
 * first step says why. Throws VERSION_EXISTS and FORBIDDEN (somebody else's name).
 */
export async function submitSkill(
  {
    database,
    objects,
    jobs,
    scanner,
    opensIssues,
  }: {
    database: Database
    objects: ObjectStore
    jobs: Pick<Jobs, 'send' | 'wake'>
    scanner: Pick<Scanner, 'manifest'>
    /** Whether an issue is opened for what comes from outside the publisher's own team. */
    opensIssues: boolean
  },
  caller: Caller,
  tarball: Uint8Array,
): Promise<{ id: string; state: SubmissionState }> {
  const manifest = await scanner.manifest(tarball).catch((error: unknown) => {
    if (error instanceof SkilletError && error.code !== 'INTERNAL') return null
    throw error
  })
  const accountId = manifest === null ? caller.accountId : await publisherAccount(database, caller, manifest)
  if (manifest !== null) await assertNewVersion(database, manifest)
  const sha256 = await objects.put(tarball)
  const id = await within(database, { tenant: accountId }, async (transaction) => {
    const row = await transaction
      .insertInto('submissions')
      .values({
        account_id: accountId,
        slug: manifest?.slug ?? null,
        version: manifest?.version ?? null,
        state: 'submitted',
        tarball_sha256: sha256,
        tarball_size: tarball.byteLength,
        findings: '[]',
        verdict: null,
        submitted_by: caller.name,
        community: accountId !== caller.accountId,
        reviewed_at: null,
        reviewer: null,
        comment: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await startRound(transaction, jobs, { id: row.id, accountId, round: 1 })
    if (opensIssues && accountId !== caller.accountId)
      await jobs.send(transaction, 'issue', { submission: row.id })
    await record(transaction, caller, {
      accountId,
      action: 'submission.made',
      ...aboutSubmission({ id: row.id, slug: manifest?.slug ?? null, version: manifest?.version ?? null }),
    })
    return row.id
  })
  jobs.wake('lint')
  jobs.wake('issue')
  return { id, state: 'submitted' }
}

/** Sends a submission through the scan, for the first time or anew. */
export async function startRound(
  transaction: Transaction<Tables>,
  jobs: Pick<Jobs, 'send'>,
  { id, accountId, round }: { id: string; accountId: string; round: number },
): Promise<void> {
  await transaction
    .insertInto('submission_steps')
    .values(
      scanSteps.map((step) => ({
        submission_id: id,
        account_id: accountId,
        step,
        round,
        state: 'waiting' as const,
      })),
    )
    .execute()
  await jobs.send(transaction, 'lint', { submission: id, round })
}

/**
 * For whom a submission is; an administrator's key may publish for any account. A name belongs to whoever published
 * under it first, and submitting claims nothing.
 */
async function publisherAccount(
  database: Database,
  caller: Caller,
  manifest: SkillManifest,
): Promise<string> {
  const admin = caller.scopes.includes('admin')
  if (manifest.publisher !== caller.account && !admin)
    throw new SkilletError(
      'FORBIDDEN',
      `This key publishes as ${caller.account}, not as ${manifest.publisher}.`,
      {
        remedy: `Write publisher = "${caller.account}" in skill.toml, or use ${manifest.publisher}'s key.`,
      },
    )
  const accountId = admin ? await ensureAccount(database, manifest.publisher) : caller.accountId
  const owner = await ownerOf(database, manifest.slug)
  if (owner !== undefined && owner !== accountId) throw foreignName(manifest.slug, 'Choose another slug.')
  return accountId
}

/** Gives the name to the account, for good, unless it has an owner. Throws FORBIDDEN where that is somebody else. */
export async function claimName(transaction: Database, slug: string, accountId: string): Promise<void> {
  await transaction
    .insertInto('skills')
    .values({ slug, account_id: accountId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  if ((await ownerOf(transaction, slug)) !== accountId)
    throw foreignName(slug, 'Reject this submission; its publisher must choose another slug.')
}

async function ownerOf(database: Database, slug: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('skills')
    .select('account_id')
    .where('slug', '=', slug)
    .executeTakeFirst()
  return row?.account_id
}

function foreignName(slug: string, remedy: string): SkilletError {
  return new SkilletError('FORBIDDEN', `The name ${slug} belongs to another publisher.`, { remedy })
}

async function assertNewVersion(database: Database, manifest: SkillManifest): Promise<void> {
  const existing = await database
    .selectFrom('releases')
    .select('version')
    .where('slug', '=', manifest.slug)
    .where('version', '=', manifest.version)
    .executeTakeFirst()
  if (existing !== undefined) throw versionExists(manifest.slug, manifest.version)
}

export function versionExists(slug: string, version: string): SkilletError {
  return new SkilletError('VERSION_EXISTS', `${slug} ${version} is published already.`)
}
