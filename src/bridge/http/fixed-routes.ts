import { z } from 'zod'
import { collectInput, collectOutput, pairingInput, pairingOutput } from './pairings.ts'

/** What is under `/v1` beside the operations. */
export interface FixedRoute {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly method: 'get' | 'post'
  readonly path: string
  readonly input: z.ZodObject
  /** Null: not JSON, but what `produces` says. */
  readonly output: z.ZodObject | null
  readonly produces: string
  readonly status: 200 | 202
  readonly scope: string | null
}

const json = { produces: 'application/json', status: 200 as const, scope: null }

export const fixedRoutes: readonly FixedRoute[] = [
  {
    ...json,
    name: 'hello',
    title: 'Prove who answers',
    description:
      'Gives the proof over your challenge. Compare it before you send a token: see Finding Skillet. Needs no token.',
    method: 'get',
    path: '/hello',
    input: z.strictObject({ challenge: z.string().describe('16 to 64 random bytes, in base64url.') }),
    output: z.object({ name: z.literal('skillet'), version: z.string(), proof: z.string() }),
  },
  {
    ...json,
    name: 'pair',
    title: 'Ask to be connected',
    description: 'Shows the person who asks, for what, and a code to compare. Needs no token.',
    method: 'post',
    path: '/pairings',
    input: pairingInput,
    output: pairingOutput,
    status: 202,
  },
  {
    ...json,
    name: 'collect_token',
    title: 'Fetch the token',
    description: 'Waits for the person’s answer and gives the token, once. Needs no token.',
    method: 'post',
    path: '/pairings/{id}/token',
    input: collectInput.extend({ id: z.string() }),
    output: collectOutput,
  },
  {
    ...json,
    name: 'run_events',
    title: 'Follow a run',
    description:
      'Server-sent events: output {stream, text}, end with the run as get_run gives it, gap {missed} where you read too slowly. Goes on after Last-Event-ID, and ends with the run.',
    method: 'get',
    path: '/runs/{runId}/events',
    input: z.strictObject({ runId: z.string() }),
    output: null,
    produces: 'text/event-stream',
    scope: 'runs:read',
  },
]
