import type { SubmissionStep } from '../db/tables.ts'

/** What a job is about; whoever works reads the rest from the database. */
export interface JobData {
  lint: SubmissionRound
  archive: SubmissionRound
  code: SubmissionRound
  sign: SubmissionRound
  publish: SubmissionRound
  deliver: { readonly delivery: string }
  trial: { readonly trial: string }
  issue: { readonly submission: string }
}
export interface SubmissionRound {
  readonly submission: string
  readonly round: number
}
export type QueueName = keyof JobData

interface QueueSettings {
  /** How many jobs one worker takes at a time. */
  readonly together: number
  /** How many workers of one process take jobs of this queue side by side. */
  readonly workers: number
  /** Tries after the first. */
  readonly retryLimit: number
  /** Seconds before the next try; doubled each time. */
  readonly retryDelay: number
  /** Seconds after which a worker that says nothing counts as dead and another takes over. */
  readonly expireInSeconds: number
}

// Two at a time: while one waits for the database or the store, the other is looked at.
const scan: QueueSettings = {
  together: 1,
  workers: 2,
  retryLimit: 2,
  retryDelay: 1,
  expireInSeconds: 120,
}
const sign: QueueSettings = { ...scan, retryLimit: 5 }
// The lists are signed once for all that wait.
const publish: QueueSettings = { ...sign, together: 100, workers: 1 }

/** Every kind of job. A queue is made once, when the database is prepared. */
export const queues: Readonly<Record<QueueName, QueueSettings>> = {
  lint: scan,
  archive: scan,
  code: scan,
  sign,
  publish,
  // A skill's own limit is what ends it; the second try only says that the first one's worker is gone.
  trial: { together: 1, workers: 1, retryLimit: 1, retryDelay: 1, expireInSeconds: 900 },
  // The last try is an hour or so after the first.
  issue: { together: 1, workers: 1, retryLimit: 8, retryDelay: 15, expireInSeconds: 60 },
  deliver: { together: 1, workers: 4, retryLimit: 8, retryDelay: 15, expireInSeconds: 60 },
}
export const queueNames = Object.keys(queues) as readonly QueueName[]

/** The pipeline's steps are jobs of the same name. */
export const scanSteps = ['lint', 'archive', 'code'] as const satisfies readonly SubmissionStep[]
export type ScanStep = (typeof scanSteps)[number]
