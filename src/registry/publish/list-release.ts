import { within, type Database } from '../db/database.ts'
import type { Jobs, Try } from '../jobs/jobs.ts'
import type { Publication } from './publication.ts'
import { lockApproved, setStep } from './steps.ts'
import { tellPublisher } from './tell-publisher.ts'

export interface ListPorts {
  readonly database: Database
  readonly publication: Pick<Publication, 'publish'>
  readonly jobs: Pick<Jobs, 'send' | 'wake'>
  readonly moved: (submission: string) => void
}

/**
 * The step that lists what was signed: published is what the signed lists name. The lists are signed once for all that
 * wait.
 */
export function createListing({ database, publication, jobs, moved }: ListPorts) {
  return async (tries: readonly Try<'publish'>[]): Promise<void> => {
    await publication.publish()
    for (const { data } of tries) {
      const { submission: id, round } = data
      await within(database, { across: 'review' }, async (transaction) => {
        const submission = await lockApproved(transaction, id)
        if (submission === null) return
        await setStep(
          transaction,
          { id, round, step: 'publish' },
          { state: 'passed', finished_at: new Date() },
        )
        await transaction
          .updateTable('submissions')
          .set({ state: 'published' })
          .where('id', '=', id)
          .execute()
        await tellPublisher(
          transaction,
          jobs,
          submission,
          'submission.published',
          (name) => `${name} is published.`,
        )
      })
      moved(id)
    }
    jobs.wake('deliver')
  }
}
