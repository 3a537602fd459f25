import { resolve } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import { openPool, within } from './db/database.ts'
import { createJobs, type JobTimes } from './jobs/jobs.ts'
import { createLog } from './log.ts'
import { openObjects } from './objects/open.ts'
import { createKnownNames } from './publish/known-names.ts'
import { createScan } from './publish/scan.ts'
import { createScanner } from './publish/scanner.ts'
import { createTrials, type TryOut } from './publish/trial.ts'

export interface WorkerOptions {
  /** The database as the server uses it, which is what `registry start` prints: no rights beyond that are needed. */
  readonly databaseUrl: string
  /** Where the server keeps its objects: `s3://…`, or else `objects` in this folder. */
  readonly objects?: string | undefined
  readonly dataDir: string
  readonly tryOut?: TryOut | undefined
  readonly jobTimes?: Partial<JobTimes> | undefined
  readonly log?: (line: string) => void
}

/**
 * Scans submissions, and tries them out, for a registry that runs elsewhere. It has none of the registry's keys and signs
 * nothing. Throws INPUT_INVALID where the database is no registry's.
 */
export async function startWorker(options: WorkerOptions): Promise<{ stop(): Promise<void> }> {
  const log = createLog(options.log)
  const objects = await openObjects(options.objects, resolve(options.dataDir))
  const { database, pool } = openPool(options.databaseUrl, log)
  const scanner = createScanner()
  try {
    await within(database, { across: 'review' }, (transaction) =>
      transaction.selectFrom('submissions').select('id').limit(1).execute(),
    ).catch((error: unknown) => {
      throw new SkilletError('INPUT_INVALID', 'There is no registry in this database.', {
        remedy: 'Name the database that skillet registry start --json prints.',
        cause: error,
      })
    })
    const jobs = await createJobs(pool, log, options.jobTimes)
    const knownNames = createKnownNames(database)
    const scan = createScan({ database, objects, jobs, scanner, knownNames, moved: () => undefined })
    const { tryOut } = options
    await jobs.work({
      lint: scan('lint'),
      archive: scan('archive'),
      code: scan('code'),
      ...(tryOut === undefined ? {} : { trial: createTrials({ database, objects, scanner, tryOut }) }),
    })
    log('info', 'worker.ready', {})
    return {
      async stop() {
        await jobs.stop()
        scanner.close()
        await database.destroy()
      },
    }
  } catch (error) {
    scanner.close()
    await database.destroy()
    throw error
  }
}
