import { z } from 'zod'
import { connectedAgentSchema, maxTokenDays } from '../../shared/agent-access.ts'
import { agentNameSchema } from '../../shared/agent-name.ts'
import { agentScopeSchema } from '../../shared/agent-scope.ts'
import type { Pairings } from '../access/pairing.ts'
import { parseInput } from '../operations/parse-input.ts'
import { waitSchema } from '../operations/wait.ts'
import type { BridgeApp } from './app.ts'
import { readJson } from './read-json.ts'

/** What an agent sends to be connected. */
export const pairingInput = z.strictObject({
  name: agentNameSchema.describe('What the person calls you, such as Claude Code.'),
  scopes: z.array(agentScopeSchema).min(1).max(8),
  days: z.int().min(1).max(maxTokenDays).optional(),
})
export const pairingOutput = z.object({
  id: z.string(),
  secret: z.string().describe('Only who has it can fetch the token. Keep it to yourself.'),
  code: z.string().describe('Show it to the person, who compares it with the one that Skillet shows.'),
  expiresAt: z.string(),
})
export const collectInput = z.strictObject({ secret: z.string().max(100), waitS: waitSchema.default(0) })
export const collectOutput = z.object({
  state: z.enum(['pending', 'denied', 'expired', 'approved']),
  expiresAt: z.string().optional(),
  token: z.string().optional().describe('Given once. Keep it where only the person can read it.'),
  agent: connectedAgentSchema.optional(),
})

/** How an agent that has no token comes to one: it asks, the person compares the code and allows it, the agent fetches it. */
export function addPairings(app: BridgeApp, pairings: Pairings): void {
  app.post('/v1/pairings', async (context) => {
    const asked = parseInput(pairingInput, await readJson(context.env.incoming))
    const process = await context.env.peer.process()
    const peer = process ?? { pid: null, name: null, path: null }
    return context.json(pairingOutput.parse(await pairings.ask(asked, peer)), 202)
  })
  app.post('/v1/pairings/:id/token', async (context) => {
    const { secret, waitS } = parseInput(collectInput, await readJson(context.env.incoming))
    const patience = waitS === 0 ? {} : { waitMs: waitS * 1000, signal: context.req.raw.signal }
    const collected = await pairings.collect(context.req.param('id'), secret, patience)
    return context.json(collectOutput.parse(collected))
  })
}
