import type { Transaction } from 'kysely'
import { toReport } from '../../review/report.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Finding } from '../../shared/finding.ts'
import { within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import { scanSteps, type ScanStep } from '../jobs/queues.ts'
import type { ObjectStore } from '../objects/files.ts'
import type { KnownNames } from './known-names.ts'
import { reviewsNeeded } from './reviews-needed.ts'
import type { Scanner } from './scanner.ts'
import { lockForStep, setStep, type StepOf } from './steps.ts'
import { countedFindings } from './suppressions.ts'
import { tellPublisher } from './tell-publisher.ts'

/** Which findings belong to which step. */
const groups: Readonly<Record<ScanStep, readonly string[]>> = {
  lint: ['manifest', 'consistency', 'prose', 'secret'],
  archive: ['archive'],
  code: ['code'],
}

export interface ScanPorts {
  readonly database: Database
  readonly objects: ObjectStore
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly scanner: Scanner
  readonly knownNames: KnownNames
  /** Called when a submission has come further. */
  readonly moved: (submission: string) => void
}

/**
 * One step of the scan. It reads the tarball from the store and knows nothing of the steps before, so that any worker can
 * take it, twice if need be. The last one puts the submission before the reviewers, or turns it down.
 */
export function createScan(ports: ScanPorts) {
  return (step: ScanStep) => async (tries: readonly Try<ScanStep>[]) => {
    for (const { data, last } of tries) {
      const at = { id: data.submission, round: data.round, step }
      await take(at, last)
    }
  }

  async function take(at: StepOf & { step: ScanStep }, last: boolean): Promise<void> {
    const { database, objects, jobs, scanner, knownNames, moved } = ports
    const { id, round, step } = at
    const submission = await within(database, { across: 'review' }, async (transaction) => {
      const waiting = await lockForStep(transaction, at)
      if (waiting !== null) await setStep(transaction, at, { state: 'running', started_at: new Date() })
      return waiting
    })
    if (submission === null) return
    moved(id)
    const next = scanSteps[scanSteps.indexOf(step) + 1]
    let findings: Finding[]
    let reviews: number | null = null
    try {
      const tarball = await objects.read(submission.tarball_sha256)
      const report = await scanner.report(tarball, await knownNames(submission))
      findings = report.findings.filter(({ rule }) => groups[step].includes(rule.split('/')[0] ?? ''))
      if (next === undefined) reviews = await reviewsOf(scanner, tarball)
    } catch (error) {
      if (last) await giveUp(ports, at)
      throw error
    }
    await within(database, { across: 'review' }, async (transaction) => {
      const still = await lockForStep(transaction, at)
      if (still === null) return
      const { verdict } = await countedFindings(transaction, still, { path: id, findings })
      await setStep(transaction, at, {
        state: verdict === 'fail' ? 'failed' : 'passed',
        findings: JSON.stringify(findings),
        finished_at: new Date(),
      })
      if (next !== undefined) await jobs.send(transaction, next, { submission: id, round })
      else await conclude(transaction, jobs, still, { round, reviews })
    })
    jobs.wake(next ?? 'deliver')
    moved(id)
  }
}

/** Null where nobody will get to review it, for want of a readable manifest. */
async function reviewsOf(scanner: Scanner, tarball: Uint8Array): Promise<number | null> {
  try {
    return reviewsNeeded(await scanner.manifest(tarball))
  } catch (error) {
    if (error instanceof SkilletError && error.code !== 'INTERNAL') return null
    throw error
  }
}

/** What the three steps come to. */
async function conclude(
  transaction: Transaction<Tables>,
  jobs: ScanPorts['jobs'],
  submission: NonNullable<Awaited<ReturnType<typeof lockForStep>>>,
  { round, reviews }: { round: number; reviews: number | null },
): Promise<void> {
  const { id } = submission
  const steps = await transaction
    .selectFrom('submission_steps')
    .select(['step', 'state', 'findings'])
    .where('submission_id', '=', id)
    .where('round', '=', round)
    .where('step', 'in', scanSteps)
    .execute()
  const findings = scanSteps.flatMap((step) => steps.find((row) => row.step === step)?.findings ?? [])
  const failed = reviews === null || steps.some(({ state }) => state === 'failed')
  const verdict = failed ? 'fail' : toReport(id, findings).verdict === 'pass' ? 'pass' : 'warn'
  await transaction
    .updateTable('submissions')
    .set({
      state: failed ? 'rejected' : 'in_review',
      verdict,
      findings: JSON.stringify(findings),
      comment: failed ? 'The check found what must be corrected.' : null,
      ...(reviews === null ? {} : { reviews_needed: reviews }),
    })
    .where('id', '=', id)
    .execute()
  if (failed)
    await tellPublisher(
      transaction,
      jobs,
      submission,
      'submission.rejected',
      (name) => `${name} was sent back: the check found what must be corrected.`,
    )
}

/** Nobody could say whether it is harmless, so it goes no further. False where this step is no longer to be done. */
export async function giveUp(
  { database, jobs, moved }: Pick<ScanPorts, 'database' | 'jobs' | 'moved'>,
  at: StepOf,
): Promise<boolean> {
  const given = await within(database, { across: 'review' }, async (transaction) => {
    const submission = await lockForStep(transaction, at)
    if (submission === null) return false
    const note = 'This step could not be carried out.'
    await setStep(transaction, at, { state: 'broken', note, finished_at: new Date() })
    await transaction
      .updateTable('submissions')
      .set({ state: 'failed', comment: [note, 'It can be tried again.'].join(' ') })
      .where('id', '=', at.id)
      .execute()
    await tellPublisher(
      transaction,
      jobs,
      submission,
      'submission.failed',
      (name) => `${name} could not be checked. Have it looked at again.`,
    )
    return true
  })
  jobs.wake('deliver')
  moved(at.id)
  return given
}
