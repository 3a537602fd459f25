import { z } from 'zod'
import { telemetryBatchSchema, telemetryEventSchema } from '../telemetry.ts'
import { call } from './define.ts'

export const telemetryStatusSchema = z.object({
  /** Whether anything is kept for sending, and sent. */
  on: z.boolean(),
  /** What the person chose; null: they haven't been asked yet, and so nothing is kept. */
  choice: z.enum(['on', 'off']).nullable(),
  /** Who keeps it off, whatever was chosen. */
  forbiddenBy: z
    .discriminatedUnion('who', [
      z.object({ who: z.literal('policy') }),
      z.object({ who: z.literal('environment'), variable: z.string() }),
    ])
    .nullable(),
  /** The administrators have chosen for the person. */
  managed: z.boolean(),
  /** What goes out with the next request, word for word. */
  waiting: z.array(telemetryEventSchema),
  /** The latest requests that went out, word for word, the newest first. */
  sent: z.array(z.object({ at: z.iso.datetime(), body: telemetryBatchSchema })),
  /** Bundles ("cookbooks") whose owner asks for samples, as far as the key in use can tell. */
  samples: z.array(
    z.object({
      bundle: z.uuid(),
      title: z.string(),
      allowed: z.boolean(),
    }),
  ),
})
export type TelemetryStatus = z.infer<typeof telemetryStatusSchema>

export const telemetryCalls = {
  'telemetry.status': call(z.null(), telemetryStatusSchema),
  'telemetry.choose': call(z.object({ choice: z.enum(['on', 'off']) }), z.null()),
  /** What a request looks like: what waits, or an example made on this computer that is never sent. */
  'telemetry.preview': call(z.null(), telemetryBatchSchema),
  /** Forgets what waits, what was sent, and under which numbers. */
  'telemetry.erase': call(z.null(), z.null()),
  'telemetry.samples': call(z.object({ bundle: z.uuid(), allowed: z.boolean() }), z.null()),
}
