import { z } from 'zod'

/** What an agent's token may be good for. None of them decides anything for the person. */
export const agentScopes = ['catalog:read', 'skills:request', 'skills:run', 'runs:read'] as const
export const agentScopeSchema = z.enum(agentScopes)
export type AgentScope = z.infer<typeof agentScopeSchema>
