import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { telemetryBatchSchema, telemetryEventSchema, type TelemetryBatch } from '../../shared/telemetry.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { makeFolder, readJson, writeFileAtomic } from '../disk.ts'
import { currentSalt, pseudonyms, type Salt } from './pseudonyms.ts'

/** Events that wait at most; the oldest go first. */
export const mostWaiting = 500
/** An event that couldn't be sent for this long, in milliseconds, is forgotten. */
export const keptMs = 7 * 24 * 60 * 60_000
/** Events in one request. */
export const batchSize = 100
/** Requests that can still be looked at. */
const shownBatches = 20

const queueSchema = z.strictObject({
  schema: z.literal(1),
  salt: z.strictObject({ value: z.string().regex(/^[0-9a-f]{64}$/), since: z.iso.datetime() }).nullable(),
  waiting: z.array(z.strictObject({ at: z.iso.datetime(), event: telemetryEventSchema })),
  sent: z.array(z.strictObject({ at: z.iso.datetime(), body: telemetryBatchSchema })),
})
type Queue = z.infer<typeof queueSchema>
const empty: Queue = { schema: 1, salt: null, waiting: [], sent: [] }

/** What happened, before it is known under which numbers it is told. */
export type Happened = Omit<TelemetryBatch['events'][number], 'agentClass' | 'user'>

export interface EventQueue {
  read(): Promise<Pick<Queue, 'waiting' | 'sent'>>
  /** `agent`: the kind of agent it was done for. */
  add(happened: readonly Happened[], agent: string): Promise<void>
  /** Takes the oldest events out, for sending now; null where nothing waits. They are gone unless they are put back. */
  take(): Promise<TakenBatch | null>
  /** It didn't arrive. */
  putBack(taken: TakenBatch): Promise<void>
  /** It went out. */
  keepSent(taken: TakenBatch): Promise<void>
  salt(): Promise<Salt>
  /** Forgets everything, the numbers included. */
  erase(): Promise<void>
}

export interface TakenBatch {
  readonly entries: Queue['waiting']
  readonly body: TelemetryBatch
}

/** In one file; several processes follow one another. A file that can't be read any more is made anew: it holds nothing that anybody would miss. */
export function createEventQueue({ file, now }: { file: string; now: () => Date }): EventQueue {
  const read = async (): Promise<Queue> => {
    const queue = await readJson(file, () => queueSchema).catch(() => null)
    const oldest = now().getTime() - keptMs
    const { waiting, ...rest } = queue ?? empty
    return { ...rest, waiting: waiting.filter(({ at }) => Date.parse(at) > oldest).slice(-mostWaiting) }
  }
  const change = <T>(edit: (queue: Queue) => { queue: Queue; result: T }): Promise<T> =>
    // The lock lies in the same folder.
    makeFolder(dirname(file)).then(() =>
      withFileLock(`${file}.lock`, async () => {
        const { queue, result } = edit(await read())
        await writeFileAtomic(file, `${JSON.stringify(queue)}\n`, { sync: false })
        return result
      }),
    )
  return {
    read,
    add: (happened, agent) =>
      change((queue) => {
        const salt = currentSalt(queue.salt, now())
        const at = now().toISOString()
        const names = pseudonyms(salt, agent)
        const added = happened.map((one) => ({ at, event: { ...one, ...names } }))
        return {
          queue: { ...queue, salt, waiting: [...queue.waiting, ...added].slice(-mostWaiting) },
          result: undefined,
        }
      }),
    take: () =>
      change((queue) => {
        const entries = queue.waiting.slice(0, batchSize)
        const result =
          entries.length === 0 ? null : { entries, body: { events: entries.map(({ event }) => event) } }
        return { queue: { ...queue, waiting: queue.waiting.slice(batchSize) }, result }
      }),
    putBack: ({ entries }) =>
      change((queue) => ({
        queue: { ...queue, waiting: [...entries, ...queue.waiting].slice(-mostWaiting) },
        result: undefined,
      })),
    keepSent: ({ body }) =>
      change((queue) => ({
        queue: { ...queue, sent: [{ at: now().toISOString(), body }, ...queue.sent].slice(0, shownBatches) },
        result: undefined,
      })),
    salt: () =>
      change((queue) => {
        const salt = currentSalt(queue.salt, now())
        return { queue: { ...queue, salt }, result: salt }
      }),
    erase: () => withFileLock(`${file}.lock`, () => rm(file, { force: true })),
  }
}
