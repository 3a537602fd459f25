import { z } from 'zod'
import { agentRequestSchema, defaultShareDays, maxShareDays } from '../../shared/agent-access.ts'
import { slugSchema } from '../../shared/identifiers.ts'
import { operation } from './operation.ts'
import { waitSchema } from './wait.ts'

export const shareToken = operation({
  name: 'share_token',
  title: 'Ask for a token that shares a bundle',
  description:
    'Asks the person for a read-only token (cbt_…) for one of their bundles (cookbooks), to hand on to somebody who may then read it and get its skills. Nothing is made unless the person allows it in Skillet, for as long as they choose. Once it is approved, get_request hands the token out, once: keep it then, and show it to nobody else.',
  input: z.strictObject({
    bundle: slugSchema.describe('The name of the bundle.'),
    days: z
      .int()
      .min(1)
      .max(maxShareDays)
      .default(defaultShareDays)
      .describe('For how long the token is wanted. The person may choose less.'),
    reason: z.string().max(300).optional().describe('Why, in a sentence for the person.'),
    waitS: waitSchema.default(0),
  }),
  output: z.object({ request: agentRequestSchema }),
  scope: 'skills:request',
  readOnly: false,
  destructive: false,
  idempotent: true,
  route: { method: 'post', path: '/requests/share', status: 202 },
  async run({ waitS, ...ask }, { agent, requests, idempotencyKey, signal, onEvent }) {
    const request = await requests.share(agent, ask, idempotencyKey)
    if (request.state !== 'pending' || waitS === 0) return { request }
    onEvent({ type: 'progress', message: 'Waiting for the person to answer in Skillet.', fraction: null })
    return { request: await requests.get(agent, request.id, { waitMs: waitS * 1000, signal }) }
  },
})
