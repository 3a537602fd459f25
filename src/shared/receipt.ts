import { z } from 'zod'

/** Something that a run tried and was not allowed to do. */
export const refusalSchema = z.object({
  /** `read|write`: `what` is a path; `connect`: a host, with port; `start`: a program; the rest: the limit it ran into. */
  kind: z.enum(['read', 'write', 'connect', 'start', 'processes', 'attempts', 'time', 'memory', 'output']),
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
  /** Files created or changed: absolute paths on this computer. */
  written: z.array(z.string()),
  /** `host:port` reached. */
  contacted: z.array(z.string()),
  refused: z.array(refusalSchema),
  /** Highest memory of the whole process tree, MiB. */
  memoryMb: z.number(),
  requests: z.number(),
  bytesOut: z.number(),
})
export type Receipt = z.infer<typeof receiptSchema>

/** Why a run ended. */
export const runReasons = ['exit', 'time', 'memory', 'stopped', 'output', 'denied'] as const

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
