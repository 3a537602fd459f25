import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { CompiledQuery, type Transaction } from 'kysely'
import type pg from 'pg'
import PgBoss from 'pg-boss'
import type { Tables } from '../db/tables.ts'
import type { Log } from '../log.ts'
import { jobSchema } from './prepare-jobs.ts'
import { queueNames, queues, type JobData, type QueueName } from './queues.ts'

/** One try at a job. */
export interface Try<Q extends QueueName> {
  readonly data: JobData[Q]
  /** True when it won't be tried again after this. */
  readonly last: boolean
}

/**
 * Does the jobs that one worker took, as many as its queue gives at a time; what it throws has all of them tried again
 * later. A job may come twice, so doing it again must change nothing.
 */
export type Work = { readonly [Q in QueueName]: (jobs: readonly Try<Q>[]) => Promise<void> }

export interface Jobs {
  /** Puts a job into the queue together with what else the transaction does, or not at all. */
  send<Q extends QueueName>(transaction: Transaction<Tables>, queue: Q, data: JobData[Q]): Promise<void>
  /** Has the worker of this process look now; others look every second. */
  wake(queue: QueueName): void
  /** Works on these queues until `stop`. */
  work(work: Partial<Work>): Promise<void>
  /** Takes no more jobs and lets those under way finish (`JobTimes`); another worker takes over the rest. */
  stop(): Promise<void>
}

/** How soon a worker that died is noticed. */
export interface JobTimes {
  /** Seconds after which a job that nobody ended is given to another worker; by default what its queue says. */
  readonly expireInSeconds: number
  /** Seconds between two looks for such jobs; 10 by default. */
  readonly lookSeconds: number
  /** Seconds that jobs under way get to finish when their worker stops; 10 by default. */
  readonly stopSeconds: number
}

/** Jobs on PostgreSQL itself, so that workers on other computers can take them. */
export async function createJobs(pool: pg.Pool, log: Log, times: Partial<JobTimes> = {}): Promise<Jobs> {
  const expiry = times.expireInSeconds === undefined ? {} : { expireInSeconds: times.expireInSeconds }
  const underWay = createUnderWay()
  let starting = true
  /**
   * pg-boss ends a job without waiting for the database's answer and without listening for a failure, which would end
   * the whole process. So once it has started, a failed query is a line in the log and no answer, which it takes for
   * "nothing changed": a job whose end could not be written is given to another worker when its time has run out.
   */
  const executeSql = (text: string, values: unknown[]): Promise<{ rows: never[] }> => {
    const query = pool.query<never>(text, values)
    if (starting) return query
    return underWay.add(
      query.catch((error: unknown) => {
        log('error', 'jobs.failed', { message: error instanceof Error ? error.message : String(error) })
        return undefined as unknown as { rows: never[] }
      }),
    )
  }
  const boss = new PgBoss({
    schema: jobSchema,
    db: { executeSql },
    migrate: false,
    schedule: false,
    maintenanceIntervalSeconds: times.lookSeconds ?? 10,
    archiveCompletedAfterSeconds: 3600,
    deleteAfterDays: 7,
  })
  boss.on('error', (error: Error) => log('error', 'jobs.failed', { message: error.message }))
  await boss.start()
  starting = false
  const workers = new Map<QueueName, string[]>()
  const wake = (queue: QueueName) => {
    for (const worker of workers.get(queue) ?? []) boss.notifyWorker(worker)
  }
  return {
    async send(transaction, queue, data) {
      const executeSql = async (text: string, values: unknown[]) => {
        const { rows } = await transaction.executeQuery(CompiledQuery.raw(text, values))
        return { rows: rows as never[] }
      }
      await boss.send(queue, data, { ...expiry, db: { executeSql } })
    },
    wake,
    async work(work) {
      for (const queue of queueNames) {
        const handle = work[queue] as ((jobs: readonly Try<QueueName>[]) => Promise<void>) | undefined
        if (handle === undefined) continue
        const { together, workers: side } = queues[queue]
        const options = { pollingIntervalSeconds: 1, includeMetadata: true as const, batchSize: together }
        const started: string[] = []
        workers.set(queue, started)
        for (let index = 0; index < side; index += 1) {
          const worker = await boss.work<JobData[QueueName]>(queue, options, async (jobs) => {
            const tries = jobs.map(({ data, retryCount, retryLimit }) => ({
              data,
              last: retryCount >= retryLimit,
            }))
            await underWay.add(handle(tries)).catch((error: unknown) => {
              log('error', 'jobs.try_failed', {
                queue,
                message: error instanceof Error ? error.message : String(error),
              })
              throw error
            })
            // There may be more: the next look needn't wait.
            boss.notifyWorker(worker)
          })
          started.push(worker)
        }
      }
    },
    async stop() {
      for (const queue of workers.keys()) await boss.offWork(queue)
      await underWay.over((times.stopSeconds ?? 10) * 1000)
      // What is still under way is given to another worker.
      await boss.stop({ graceful: false, close: false })
      await underWay.over(1000)
    },
  }
}

/** What was begun and isn't over yet: queries, tries. */
function createUnderWay() {
  const begun = new Set<Promise<unknown>>()
  return {
    add<T>(promise: Promise<T>): Promise<T> {
      begun.add(promise)
      const forget = () => begun.delete(promise)
      void promise.then(forget, forget)
      return promise
    },
    /** Resolves once all is over, with what it led to, or after `ms`. */
    async over(ms: number): Promise<void> {
      const timeUp = AbortSignal.timeout(ms)
      const end = once(timeUp, 'abort')
      do {
        await Promise.race([Promise.allSettled(begun), end])
        await turn()
      } while (begun.size > 0 && !timeUp.aborted)
    },
  }
}
