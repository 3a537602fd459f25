import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import type { PayloadSample, TelemetryBatch } from '../../shared/telemetry.ts'
import type { Connection } from '../registry-client/request.ts'

/** Milliseconds until a registry must have answered; nobody waits for it. */
const timeoutMs = 15_000

const json = (body: unknown, signal: AbortSignal) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  signal,
  timeoutMs,
})

/**
 * Sends events over a connection of their own that knows no key, so that nothing in the request says whose they are.
 * `again`: it may arrive later; otherwise the registry doesn't want it, and it is forgotten.
 */
export async function sendBatch(
  keyless: Connection,
  batch: TelemetryBatch,
  signal: AbortSignal,
): Promise<'arrived' | 'again' | 'unwanted'> {
  try {
    await keyless.json(z.object({ taken: z.number() }), '/api/telemetry', json(batch, signal))
    return 'arrived'
  } catch (error) {
    const code = error instanceof SkilletError ? error.code : 'INTERNAL'
    return ['REGISTRY_UNREACHABLE', 'RATE_LIMITED', 'CANCELLED'].includes(code) ? 'again' : 'unwanted'
  }
}

const bundlesSchema = z.object({
  bundles: z.array(
    z.object({ id: z.uuid(), title: z.string().max(200), samplesSince: z.string().nullable() }),
  ),
})

/** The bundles whose owner asks for samples, of those that the key is for. */
export async function bundlesThatAsk(keyed: Connection): Promise<{ id: string; title: string }[]> {
  const { bundles } = await keyed.json(bundlesSchema, '/api/bundles', { timeoutMs })
  return bundles.filter(({ samplesSince }) => samplesSince !== null)
}

const contentsSchema = z.object({ skills: z.array(z.object({ slug: z.string() })) })

/** @returns the slugs of the skills in a bundle */
export async function skillsInBundle(keyed: Connection, id: string): Promise<string[]> {
  const { skills } = await keyed.json(contentsSchema, `/api/bundles/${encodeURIComponent(id)}`, { timeoutMs })
  return skills.map(({ slug }) => slug)
}

/** @throws SkilletError FORBIDDEN where nobody asks for samples any more, TIER_REQUIRED, TOO_LARGE, REGISTRY_UNREACHABLE */
export async function sendSample(
  keyed: Connection,
  sample: PayloadSample,
  signal: AbortSignal,
): Promise<void> {
  const answer = await keyed.send('/api/samples', json(sample, signal))
  answer.body.destroy()
}
