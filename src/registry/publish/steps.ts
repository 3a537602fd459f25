import type { Transaction } from 'kysely'
import type { SubmissionStep, Tables } from '../db/tables.ts'

/** What a step of a submission's round is set to; findings as JSON. */
type StepChange = Partial<{
  state: Tables['submission_steps']['state']
  findings: string
  note: string
  started_at: Date
  finished_at: Date
}>

/** A step of one round of a submission. */
export interface StepOf {
  readonly id: string
  readonly round: number
  readonly step: SubmissionStep
}

/** The submission, locked, if this very step of the scan is still to be done. */
export async function lockForStep(transaction: Transaction<Tables>, { id, round, step }: StepOf) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'account_id', 'slug', 'version', 'tarball_sha256', 'state'])
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

/** The submission, locked, if it is still on its way from approval to the lists. */
export async function lockApproved(transaction: Transaction<Tables>, id: string) {
  const submission = await transaction
    .selectFrom('submissions')
    .select(['id', 'state', 'account_id', 'slug', 'version', 'tarball_sha256', 'reviewer', 'comment'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return submission?.state === 'approved' ? submission : null
}

export async function setStep(
  transaction: Transaction<Tables>,
  { id, round, step }: StepOf,
  { findings, ...to }: StepChange,
): Promise<void> {
  await transaction
    .updateTable('submission_steps')
    .set({ ...to, ...(findings === undefined ? {} : { findings: findings as never }) })
    .where('submission_id', '=', id)
    .where('round', '=', round)
    .where('step', '=', step)
    .execute()
}
