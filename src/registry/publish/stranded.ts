import { sql, type RawBuilder } from 'kysely'
import { SkilletError } from '../../shared/errors.ts'
import { within, type Database } from '../db/database.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { jobSchema } from '../jobs/prepare-jobs.ts'
import type { Log } from '../log.ts'
import { giveUp } from './scan.ts'
import { lockApproved, type StepOf } from './steps.ts'

export interface StrandedPorts {
  readonly database: Database
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly moved: (submission: string) => void
  readonly log: Log
}

/**
 * Finds submissions that are under way although no job is about them any more: every worker that took one died, or it
 * failed as often as it may. A scan that nobody could carry out is given up, so that its publisher can have it tried again;
 * what was approved is signed and listed once more. Likewise test runs and deliveries.
 */
export async function settleStranded(ports: StrandedPorts): Promise<void> {
  for (const at of await findStranded(ports.database)) {
    ports.log('error', 'submission.stranded', { submission: at.id, step: at.step })
    if (at.step === 'sign' || at.step === 'publish') await sendAgain(ports, at)
    else await giveUp(ports, at)
  }
  await endTrials(ports.database)
  await endDeliveries(ports.database)
}

/** A test run is never repeated: what nobody runs any more has failed. */
async function endTrials(database: Database): Promise<void> {
  const refusal = new SkilletError('INTERNAL', 'Whoever ran it stopped in the middle.').toPlain()
  await within(database, { across: 'review' }, (transaction) =>
    sql`
      update registry.trial_runs t set state = 'failed', finished_at = now(), result = ${JSON.stringify({ refusal })}
      where t.state in ('waiting', 'running') and not ${hasJob('trial', sql`t.id`)}`.execute(transaction),
  )
}

/** Deliveries are tried for about an hour; one that nobody tries any more has failed. */
async function endDeliveries(database: Database): Promise<void> {
  await within(database, { across: 'deliveries' }, (transaction) =>
    sql`
      update registry.webhook_deliveries d set state = 'failed'
      where d.state = 'waiting' and not ${hasJob('delivery', sql`d.id`)}`.execute(transaction),
  )
}

/** That a job takes this row further which waits, is to be tried again, or is being done. */
function hasJob(about: 'submission' | 'trial' | 'delivery', id: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from ${sql.ref(`${jobSchema}.job`)} j
    where j.state < 'completed' and j.name <> 'issue' and j.data->>${sql.lit(about)} = ${id}::text)`
}

/** The first step that is still to be done, of each. One statement, so that a job that ends meanwhile is in one state. */
async function findStranded(database: Database): Promise<StepOf[]> {
  return within(database, { across: 'review' }, async (transaction) => {
    const { rows } = await sql<StepOf>`
      select distinct on (s.id) s.id, t.round, t.step
      from registry.submissions s join registry.submission_steps t on t.submission_id = s.id
      where s.state in ('submitted', 'approved') and t.state in ('waiting', 'running')
        and not ${hasJob('submission', sql`s.id`)}
      order by s.id, t.round desc, array_position(array['lint', 'archive', 'code', 'sign', 'publish'], t.step)`.execute(
      transaction,
    )
    return rows
  })
}

async function sendAgain({ database, jobs }: StrandedPorts, { id, round, step }: StepOf): Promise<void> {
  const queue = step === 'sign' ? 'sign' : 'publish'
  await within(database, { across: 'review' }, async (transaction) => {
    if ((await lockApproved(transaction, id)) !== null)
      await jobs.send(transaction, queue, { submission: id, round })
  })
  jobs.wake(queue)
}
