import { z } from 'zod'
import { sha256Schema, slugSchema, versionSchema } from './identifiers.ts'

/**
 * What Skillet may tell a registry about a skill, and nothing else: the registry refuses what has a member more. `install`:
 * it was installed. `use`: it was started. `result`: how a run ended.
 */
export const telemetryEventSchema = z.strictObject({
  event: z.enum(['install', 'use', 'result']),
  slug: slugSchema,
  version: versionSchema,
  /** SHA-256 of the kind of agent, and of whoever uses it, each with a salt that the client changes. */
  agentClass: sha256Schema,
  user: sha256Schema,
  durationMs: z.number().int().min(0).max(86_400_000).nullable().default(null),
  /** How many tries just before this one failed. */
  retries: z.number().int().min(0).max(1000).nullable().default(null),
  ok: z.boolean().nullable().default(null),
})

/** One request to the registry, as it is sent. */
export const telemetryBatchSchema = z.strictObject({ events: z.array(telemetryEventSchema).min(1).max(100) })
export type TelemetryBatch = z.infer<typeof telemetryBatchSchema>

/** A sample of what a skill was given and what came out, for the owner of a bundle who asked for samples. */
export const payloadSampleSchema = z.strictObject({
  slug: slugSchema,
  version: versionSchema,
  user: sha256Schema,
  sample: z.record(z.string().max(64), z.unknown()),
})
export type PayloadSample = z.infer<typeof payloadSampleSchema>
