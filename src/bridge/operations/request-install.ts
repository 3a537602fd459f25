import { z } from 'zod'
import { agentRequestSchema } from '../../shared/agent-access.ts'
import { slugSchema, versionSchema } from '../../shared/identifiers.ts'
import { operation } from './operation.ts'
import { waitSchema } from './wait.ts'

export const requestInstall = operation({
  name: 'request_install',
  title: 'Ask to install a skill',
  description:
    'Asks the person to install a skill. Nothing is installed unless the person allows it in Skillet; the same request again gives the same answer. Wait for the answer with get_request.',
  input: z.strictObject({
    slug: slugSchema,
    version: versionSchema.optional().describe('By default the newest.'),
    reason: z.string().max(300).optional().describe('Why, in a sentence for the person.'),
    waitS: waitSchema.default(0),
  }),
  output: z.object({ request: agentRequestSchema }),
  scope: 'skills:request',
  readOnly: false,
  destructive: false,
  idempotent: true,
  route: { method: 'post', path: '/requests', status: 202 },
  async run({ waitS, ...ask }, { agent, requests, idempotencyKey, signal, onEvent }) {
    const request = await requests.install(agent, ask, idempotencyKey)
    if (request.state !== 'pending' || waitS === 0) return { request }
    onEvent({ type: 'progress', message: 'Waiting for the person to answer in Skillet.', fraction: null })
    return { request: await requests.get(agent, request.id, { waitMs: waitS * 1000, signal }) }
  },
})
