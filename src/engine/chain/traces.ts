import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { stepResultSchema, type StepResult } from '../../shared/contract/chains.ts'
import { SkilletError } from '../../shared/errors.ts'
import { inputValuesSchema } from '../../shared/input-values.ts'
import { sha256Schema, slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { withFileLock } from '../audit/file-lock.ts'
import { readJson, writeFileAtomic } from '../disk.ts'
import { discard, namesIn } from '../install/store.ts'
import { redactSecrets } from '../secrets/redact.ts'

/** Runs of a chain that are kept. */
const keptRuns = 50

/** How long to wait for a look at whether another process is at it, in milliseconds. */
const lookMs = 40

/** `run.json`: what a run is of, and how it stands. */
const traceSchema = z.strictObject({
  schema: z.literal(1),
  runId: z.string(),
  chain: z.string(),
  title: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  /** Of the chain's file, and of what the person gave. */
  chainSha256: sha256Schema,
  inputsSha256: sha256Schema,
  /** What the person gave; null where something in it looks like a key. */
  inputs: inputValuesSchema.nullable(),
  /** The run whose done steps this one took over. */
  resumed: z.string().nullable(),
  /** The run that went on from this one; such a run may have been killed before it began. */
  continuedBy: z.string().optional(),
  steps: z.array(z.strictObject({ id: z.string(), slug: slugSchema, version: versionSchema })),
})
export type Trace = z.infer<typeof traceSchema>

/** `NN-<id>.json`: how one step ended. */
const checkpointSchema = z.strictObject({
  schema: z.literal(1),
  version: versionSchema,
  endedAt: z.string(),
  /** What it handed on; null for a step that failed. Redacted. */
  value: z.unknown(),
  /** Something in the value looked like a key and is gone: it can't be handed on again. */
  redacted: z.boolean(),
  step: stepResultSchema.omit({ output: true }).strict(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

/** What earlier runs of chains left under `traces/<runId>/`. */
export interface Traces {
  newRunId(chain: string): string
  /** Runs `work` while everybody can tell that this run is under way, then lets go of the oldest runs of its chain. */
  whileRunning<T>(runId: string, work: () => Promise<T>): Promise<T>
  /** Runs `work` while nobody else can go on from this earlier run. @throws SkilletError BUSY where somebody does */
  whileGoingOn<T>(runId: string, work: () => Promise<T>): Promise<T>
  isRunning(runId: string): Promise<boolean>
  write(trace: Trace): Promise<void>
  writeStep(
    runId: string,
    index: number,
    step: StepResult,
    what: Pick<Checkpoint, 'version' | 'value' | 'redacted'>,
  ): Promise<void>
  /** Ids of a chain's runs, newest first. */
  runsOf(chain: string): Promise<string[]>
  /** Null where there is no such run, or where it was killed before it began. */
  read(runId: string): Promise<Trace | null>
  /** Null for a step that hasn't ended, or whose checkpoint is damaged: it isn't good. */
  readStep(runId: string, index: number, id: string): Promise<Checkpoint | null>
}

export function createTraces(folder: string, log: (line: string) => void, now: () => Date): Traces {
  const running = new Set<string>()
  const at = (runId: string, name: string) => join(folder, runId, name)
  const nameOf = (index: number, id: string) => `${String(index + 1).padStart(2, '0')}-${id}.json`

  async function isRunning(runId: string): Promise<boolean> {
    if (running.has(runId)) return true
    try {
      await withFileLock(at(runId, 'lock'), async () => undefined, lookMs)
      return false
    } catch (error) {
      if (error instanceof SkilletError && error.code === 'BUSY') return true
      throw error
    }
  }

  async function runsOf(chain: string): Promise<string[]> {
    return (await namesIn(folder)).filter((name) => chainOf(name) === chain).reverse()
  }

  async function dropOldest(chain: string): Promise<void> {
    for (const runId of (await runsOf(chain)).slice(keptRuns))
      if (!(await isRunning(runId))) await discard(join(folder, runId))
  }

  return {
    newRunId: (chain) =>
      `${chain}-${now().toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`,
    isRunning,
    runsOf,
    async whileRunning(runId, work) {
      running.add(runId)
      try {
        return await withFileLock(at(runId, 'lock'), work)
      } finally {
        running.delete(runId)
        // What is kept too long does no harm, and the run is over.
        await dropOldest(chainOf(runId) ?? '').catch((error: unknown) =>
          log(`old runs stay: ${String(error)}`),
        )
      }
    },
    async whileGoingOn(runId, work) {
      if (running.has(runId)) throw underWay()
      running.add(runId)
      let began = false
      try {
        return await withFileLock(
          at(runId, 'lock'),
          () => {
            began = true
            return work()
          },
          lookMs,
        )
      } catch (error) {
        throw !began && error instanceof SkilletError && error.code === 'BUSY' ? underWay() : error
      } finally {
        running.delete(runId)
      }
    },
    write: (trace) => writeFileAtomic(at(trace.runId, 'run.json'), JSON.stringify(trace, null, 1)),
    async writeStep(runId, index, step, { version, value, redacted }) {
      const { output: _, ...rest } = step
      const endedAt = now().toISOString()
      const checkpoint: Checkpoint = { schema: 1, version, endedAt, value, redacted, step: rest }
      await writeFileAtomic(at(runId, nameOf(index, step.id)), JSON.stringify(checkpoint, null, 1))
    },
    async read(runId) {
      if (chainOf(runId) === null) return null
      return readJson(at(runId, 'run.json'), () => traceSchema)
    },
    async readStep(runId, index, id) {
      try {
        return await readJson(at(runId, nameOf(index, id)), () => checkpointSchema)
      } catch (error) {
        if (!(error instanceof SkilletError) || error.code !== 'STORE_DAMAGED') throw error
        log(`${error.message} The step counts as not done.`)
        return null
      }
    },
  }
}

/** Also said of an earlier run that somebody goes on from at this moment. */
export function underWay(): SkilletError {
  return new SkilletError('BUSY', 'That run is still under way.', { remedy: 'Stop it first, or wait.' })
}

/** Which chain a run is of; null for what is no run's id, such as a path. */
function chainOf(runId: string): string | null {
  return /^([a-z0-9]+(?:-[a-z0-9]+)*)-\d{8}T\d{9}Z-[0-9a-f]{6}$/.exec(runId)?.[1] ?? null
}

/** What a trace may keep of what the person gave: all of it, or nothing where something looks like a key. */
export function keepable(values: Trace['inputs']): Trace['inputs'] {
  const text = JSON.stringify(values)
  return redactSecrets(text) === text ? values : null
}
