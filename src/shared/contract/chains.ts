import { z } from 'zod'
import { plainErrorSchema } from '../plain-error.ts'
import { slugSchema } from '../identifiers.ts'
import { inputValuesSchema } from '../input-values.ts'
import { receiptSchema, runReasons } from '../receipt.ts'
import { call } from './define.ts'

/** One step as a person reads it. */
export const chainStepSchema = z.object({
  /** Unique within the chain. */
  id: z.string(),
  slug: slugSchema,
  /** The installed skill's title; null where it isn't installed. */
  title: z.string().nullable(),
  /** Why this step could not run now; null where it could. */
  problem: plainErrorSchema.nullable(),
})

/** What a chain asks the person for, in the same words as a skill's inputs. */
export const chainInputSchema = z.object({
  name: z.string(),
  type: z.enum(['file', 'string', 'number', 'boolean']),
  title: z.string(),
  required: z.boolean(),
})

export const chainSchema = z.object({
  /** Its file's name without `.toml`. */
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  inputs: z.array(chainInputSchema),
  steps: z.array(chainStepSchema),
  /** Comes with Skillet; can't be removed. */
  builtIn: z.boolean(),
  /** Why the file can't be understood; its steps are empty then. */
  problem: plainErrorSchema.nullable(),
})
export type Chain = z.infer<typeof chainSchema>

export const stepResultSchema = z.object({
  id: z.string(),
  slug: slugSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'kept']),
  /** What it handed on, redacted, as JSON text, or the beginning of it where it is long; null before it is done. `kept`: taken from the checkpoint of the run that is resumed. */
  output: z.string().nullable(),
  /** What it printed beside, redacted. */
  stderr: z.string(),
  reason: z.enum(runReasons).nullable(),
  durationMs: z.number(),
  receipt: receiptSchema.nullable(),
  error: plainErrorSchema.nullable(),
})
export type StepResult = z.infer<typeof stepResultSchema>

export const chainRunSchema = z.object({
  /** Also the name of its folder under `traces/`. */
  runId: z.string(),
  chain: z.string(),
  startedAt: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  steps: z.array(stepResultSchema),
})
export type ChainRun = z.infer<typeof chainRunSchema>

export const earlierRunSchema = chainRunSchema.extend({
  /** The run that went on from this one, which is done once; null where none did. */
  continuedBy: z.string().nullable(),
})
export type EarlierRun = z.infer<typeof earlierRunSchema>

export const chainCalls = {
  'chain.list': call(z.null(), z.array(chainSchema)),
  /** Takes over a copy of a `.toml` file that the person chose. */
  'chain.add': call(z.object({ path: z.string().min(1).max(4096) }), z.object({ id: z.string() })),
  /** `undoId` brings it back, until Skillet is closed. Its earlier runs stay. */
  'chain.remove': call(z.object({ id: z.string() }), z.object({ undoId: z.string() })),
  'chain.restore': call(z.object({ undoId: z.string() }), z.object({ id: z.string() })),
  /** Checks every step first, then starts. With `resume`, steps that were done in that run aren't run again. */
  'chain.start': call(
    z.object({ id: z.string(), inputs: inputValuesSchema, resume: z.string().nullable() }),
    z.object({ runId: z.string() }),
  ),
  'chain.stop': call(z.object({ runId: z.string() }), z.null()),
  /** Earlier runs, newest first. */
  'chain.runs': call(z.object({ id: z.string() }), z.array(earlierRunSchema)),
}

export const chainEvents = {
  /** The whole state of a run, each time it changes. */
  'chain.changed': chainRunSchema.extend({ error: plainErrorSchema.nullable() }),
}
