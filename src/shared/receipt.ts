import { z } from 'zod'

/** Something that a run tried and was not allowed to do. */
export const refusalSchema = z.object({
  /** `read|write`: `what` is a path; `connect`: a host, with port; `start`: a program; the rest: the limit it ran into. */
  kind: z.enum([
    'read',
    'write',
    'connect',
    'start',
    'processes',
    'attempts',
    'time',
    'memory',
    'output',
    'disk',
  ]),
  what: z.string(),
  /** One plain sentence: why it was refused. */
  why: z.string(),
  /** How often the same thing was tried. */
  times: z.number(),
})
export type Refusal = z.infer<typeof refusalSchema>

/** What a run did, as far as the sandbox saw it. */
export const receiptSchema = z.object({
  /** Files and folders that the person chose, absolute. */
  read: z.array(z.string()),
  /** Those of them that lie elsewhere than they say, because something in `path` is a link. Absent: none. */
  links: z.array(z.object({ path: z.string(), source: z.string() })).optional(),
  /** Files created or changed: absolute paths on this computer. */
  written: z.array(z.string()),
  /** `host:port` reached. */
  contacted: z.array(z.string()),
  refused: z.array(refusalSchema),
  /** Highest memory of the whole process tree, MiB. */
  memoryMb: z.number(),
  requests: z.number(),
  bytesOut: z.number(),
  bytesIn: z.number(),
  /** Written to disk by all its processes together, MiB. */
  writtenMb: z.number(),
  /** Keys that it printed or tried to hand on, by name: they were replaced by `«REDACTED:NAME»`. */
  redacted: z.array(z.object({ name: z.string(), times: z.number() })),
  /** Keys that were added on the way, so that it never held them: to which `host:port`, in how many requests. Absent: none. */
  brokered: z.array(z.object({ name: z.string(), host: z.string(), times: z.number() })).optional(),
  /** What it was held to, beside which the figures above make sense. */
  limits: z.object({
    timeoutMs: z.number(),
    memoryMb: z.number(),
    processes: z.number(),
    writtenMb: z.number(),
    outputMb: z.number(),
    requests: z.number(),
    bytesOut: z.number(),
  }),
  /** What the skill's budget for today still allows, this run counted. */
  left: z.object({ runs: z.number(), bytesOut: z.number() }),
  sandbox: z.enum(['bubblewrap', 'firejail']),
  /** The journal's entry about this run, which `audit --verify` covers; null where it could not be written. */
  journal: z.object({ seq: z.number(), hash: z.string() }).nullable(),
})
export type Receipt = z.infer<typeof receiptSchema>

/** Why a run ended. */
export const runReasons = ['exit', 'time', 'memory', 'stopped', 'output', 'disk', 'denied'] as const

export const runResultSchema = z.object({
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  reason: z.enum(runReasons),
  stdout: z.string(),
  stderr: z.string(),
  durationMs: z.number(),
  receipt: receiptSchema,
})
export type RunResult = z.infer<typeof runResultSchema>

/** A run as the journal keeps it, without what it printed. */
export const pastRunSchema = runResultSchema
  .pick({ exitCode: true, reason: true, durationMs: true })
  .extend({ receipt: receiptSchema.omit({ journal: true }) })
export type PastRun = z.infer<typeof pastRunSchema>
