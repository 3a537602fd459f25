import { z } from 'zod'
import { agentRequestSchema } from '../../shared/agent-access.ts'
import { operation } from './operation.ts'
import { waitSchema } from './wait.ts'

export const recipesPublishRequest = operation({
  name: 'recipes_publish_request',
  title: 'Ask to submit a skill for review',
  description:
    'Asks the person to submit the folder of a skill to the registry, where people review it before anybody can get it. The person sees its files and what the check found. Nothing is sent unless they allow it in Skillet, and then exactly what they saw: a folder that changes in between is refused. Wait for the answer with get_request, whose submission says how far the review is.',
  input: z.strictObject({
    folder: z.string().max(4096).describe('The whole path of the folder that holds SKILL.md and skill.toml.'),
    reason: z.string().max(300).optional().describe('Why, in a sentence for the person.'),
    waitS: waitSchema.default(0),
  }),
  output: z.object({ request: agentRequestSchema }),
  scope: 'skills:request',
  readOnly: false,
  destructive: false,
  idempotent: true,
  route: { method: 'post', path: '/requests/publish', status: 202 },
  async run({ waitS, ...ask }, { agent, requests, idempotencyKey, signal, onEvent }) {
    const request = await requests.publish(agent, ask, idempotencyKey)
    if (request.state !== 'pending' || waitS === 0) return { request }
    onEvent({ type: 'progress', message: 'Waiting for the person to answer in Skillet.', fraction: null })
    return { request: await requests.get(agent, request.id, { waitMs: waitS * 1000, signal }) }
  },
})
