import type { SubmissionStep } from '../db/tables.ts'

/** What a job is about; whoever works reads the rest from the database. */
export interface JobData {
  lint: SubmissionRound
  archive: SubmissionRound
  code: SubmissionRound
  sign: SubmissionRound
  publish: SubmissionRound
}
export interface SubmissionRound {
  readonly submission: string
  readonly round: number
}
export type QueueName = keyof JobData

interface QueueSettings {
  /** Tries after the first. */
  readonly retryLimit: number
  /** Seconds before the next try; doubled each time. */
  readonly retryDelay: number
  /** Seconds after which a worker that says nothing counts as dead and another takes over. */
  readonly expireInSeconds: number
}

const scan: QueueSettings = { retryLimit: 2, retryDelay: 1, expireInSeconds: 120 }
const sign: QueueSettings = { retryLimit: 5, retryDelay: 1, expireInSeconds: 120 }

/** Every kind of job. A queue is made once, when the database is prepared. */
export const queues: Readonly<Record<QueueName, QueueSettings>> = {
  lint: scan,
  archive: scan,
  code: scan,
  sign,
  publish: sign,
}
export const queueNames = Object.keys(queues) as readonly QueueName[]

/** The pipeline's steps are jobs of the same name. */
export const scanSteps = ['lint', 'archive', 'code'] as const satisfies readonly SubmissionStep[]
export type ScanStep = (typeof scanSteps)[number]
