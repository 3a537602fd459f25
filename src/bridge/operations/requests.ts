import { z } from 'zod'
import { agentRequestSchema } from '../../shared/agent-access.ts'
import { operation } from './operation.ts'
import { sharedBundleSchema } from './shared-bundle.ts'
import { waitSchema } from './wait.ts'

const which = { id: z.string().max(64) }

export const getRequest = operation({
  name: 'get_request',
  title: 'See what became of a request',
  description:
    'Says whether the person has answered a request of yours, and waits for that if asked to. Of a share_token that was approved it makes the token and hands it out: the first answer after the approval holds it, no later one does.',
  input: z.strictObject({ ...which, waitS: waitSchema.default(0) }),
  output: z.object({
    request: agentRequestSchema,
    share: sharedBundleSchema.nullable().describe('The token of a share_token, this once.'),
  }),
  scope: 'skills:request',
  // It makes the token that it hands out.
  readOnly: false,
  destructive: false,
  idempotent: true,
  route: { method: 'get', path: '/requests/{id}' },
  async run({ id, waitS }, { agent, requests, signal }) {
    const patience = waitS === 0 ? {} : { waitMs: waitS * 1000, signal }
    return requests.handOver(agent, await requests.get(agent, id, patience))
  },
})

export const listRequests = operation({
  name: 'list_requests',
  title: 'List your requests',
  description: 'Lists what you have asked the person for, and how each stands.',
  input: z.strictObject({}),
  output: z.object({ requests: z.array(agentRequestSchema) }),
  scope: 'skills:request',
  readOnly: true,
  destructive: false,
  idempotent: true,
  route: { method: 'get', path: '/requests' },
  async run(_, { agent, requests }) {
    return { requests: await requests.list(agent) }
  },
})

export const withdrawRequest = operation({
  name: 'withdraw_request',
  title: 'Take a request back',
  description: 'Takes a request of yours back that the person has not answered yet.',
  input: z.strictObject(which),
  output: z.object({ request: agentRequestSchema }),
  scope: 'skills:request',
  readOnly: false,
  destructive: false,
  idempotent: false,
  route: { method: 'delete', path: '/requests/{id}' },
  async run({ id }, { agent, requests }) {
    return { request: await requests.withdraw(agent, id) }
  },
})
