import { z } from 'zod'
import { connectedAgentSchema, maxTokenDays, pairingSchema, waitingRequestSchema } from '../agent-access.ts'
import { agentScopeSchema } from '../agent-scope.ts'
import { call } from './define.ts'

const idSchema = z.object({ id: z.string().max(64) })

/** Agents that ask the person for something. None of these calls is for agents themselves. */
export const agentAccessCalls = {
  /** What waits for an answer, oldest first. */
  'agentAccess.waiting': call(
    z.null(),
    z.object({ pairings: z.array(pairingSchema), requests: z.array(waitingRequestSchema) }),
  ),
  /** Connected agents, by name. `maxDays`: for how long one may be connected, by administrators' word or ours. */
  'agentAccess.list': call(
    z.null(),
    z.object({ agents: z.array(connectedAgentSchema), maxDays: z.number().int() }),
  ),
  /** Lets an agent connect, for no more than it asked for. */
  'agentAccess.connect': call(
    idSchema.extend({
      scopes: z.array(agentScopeSchema).min(1),
      days: z.number().int().min(1).max(maxTokenDays),
    }),
    z.null(),
  ),
  'agentAccess.refuse': call(idSchema, z.null()),
  /** Ends it at once. */
  'agentAccess.disconnect': call(idSchema, z.null()),
  /** What it asked for (an install or a run) isn't done. An install is allowed by installing it. */
  'agentAccess.denyRequest': call(idSchema, z.null()),
  /** One run; with `folder`, this agent may give this skill other files from there without asking. */
  'agentAccess.allowRun': call(idSchema.extend({ folder: z.boolean() }), z.null()),
}

export const agentAccessEvents = {
  /** Something waits, or waits no more, or an agent was connected or removed. */
  'agentAccess.changed': z.null(),
}
