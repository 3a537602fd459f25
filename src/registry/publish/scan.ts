import type { Transaction } from 'kysely'
import { toReport } from '../../review/report.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Finding } from '../../shared/finding.ts'
import { within, type Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import { scanSteps, type ScanStep } from '../jobs/queues.ts'
import type { ObjectStore } from '../objects/files.ts'
import { reviewsNeeded } from './reviews-needed.ts'
import type { Scanner } from './scanner.ts'
import { countedFindings } from './suppressions.ts'

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
  /** Called when a submission has come further. */
  readonly moved: (submission: string) => void
}

/**
 * One step of the scan. It reads the tarball from the store and knows nothing of the steps before, so that any worker can
 * take it, twice if need be. The last one puts the submission before the reviewers, or turns it down.
 */
export function createScan(ports: ScanPorts) {
  return (step: ScanStep) => async (tries: readonly Try<ScanStep>[]) => {
    for (const one of tries) await take(step, one)
  }

  async function take(step: ScanStep, { data: { submission: id, round }, last }: Try<ScanStep>) {
    const { database, objects, scanner, moved } = ports
    const submission = await within(database, { across: 'review' }, async (transaction) => {
      const waiting = await stepOf(transaction, id, round, step)
      if (waiting === null) return null
      await setStep(transaction, id, round, step, { state: 'running', started_at: new Date() })
      return waiting
    })
    if (submission === null) return
    moved(id)
    const next = scanSteps[scanSteps.indexOf(step) + 1]
    let findings: Finding[]
    let reviews: number | null = null
    try {
      const tarball = await objects.read(submission.tarball_sha256)
      const report = await scanner.report(tarball)
      findings = report.findings.filter(({ rule }) => groups[step].includes(rule.split('/')[0] ?? ''))
      if (next === undefined) reviews = await reviewsOf(scanner, tarball)
    } catch (error) {
      if (last) await giveUp(ports, id, round, step)
      throw error
    }
    await within(database, { across: 'review' }, async (transaction) => {
      const still = await stepOf(transaction, id, round, step)
      if (still === null) return
      const { verdict } = await countedFindings(transaction, still, { path: id, findings })
      await setStep(transaction, id, round, step, {
        state: verdict === 'fail' ? 'failed' : 'passed',
        findings: JSON.stringify(findings) as never,
        finished_at: new Date(),
      })
      if (next !== undefined) await ports.jobs.send(transaction, next, { submission: id, round })
      else await conclude(transaction, id, round, reviews)
    })
    if (next !== undefined) ports.jobs.wake(next)
    moved(id)
  }
}

/** The submission, locked, if this very step is still to be done. */
async function stepOf(transaction: Transaction<Tables>, id: string, round: number, step: ScanStep) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'account_id', 'slug', 'tarball_sha256', 'state'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (submission === undefined || submission.state !== 'submitted') return null
  const row = await transaction
    .selectFrom('submission_steps')
    .select('state')
    .where('submission_id', '=', id)
    .where('round', '=', round)
    .where('step', '=', step)
    .executeTakeFirst()
  return row?.state === 'waiting' || row?.state === 'running' ? submission : null
}

async function setStep(
  transaction: Transaction<Tables>,
  id: string,
  round: number,
  step: ScanStep,
  to: Partial<{
    state: Tables['submission_steps']['state']
    findings: never
    note: string
    started_at: Date
    finished_at: Date
  }>,
): Promise<void> {
  await transaction
    .updateTable('submission_steps')
    .set(to)
    .where('submission_id', '=', id)
    .where('round', '=', round)
    .where('step', '=', step)
    .execute()
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
  id: string,
  round: number,
  reviews: number | null,
): Promise<void> {
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
}

/** Nobody could say whether it is harmless, so it goes no further. */
async function giveUp(
  { database, moved }: ScanPorts,
  id: string,
  round: number,
  step: ScanStep,
): Promise<void> {
  await within(database, { across: 'review' }, async (transaction) => {
    if ((await stepOf(transaction, id, round, step)) === null) return
    const note = 'This step could not be carried out.'
    await setStep(transaction, id, round, step, { state: 'broken', note, finished_at: new Date() })
    await transaction
      .updateTable('submissions')
      .set({ state: 'failed', comment: `${note} The registry's people were told; it can be tried again.` })
      .where('id', '=', id)
      .execute()
  })
  moved(id)
}
