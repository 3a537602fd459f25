import { z } from 'zod'
import { agentNameSchema } from './agent-name.ts'
import { agentScopeSchema } from './agent-scope.ts'
import { slugSchema, versionSchema } from './identifiers.ts'
import { inputValuesSchema } from './input-values.ts'
import { plainErrorSchema } from './plain-error.ts'

/** How long an agent may stay connected, in days. */
export const maxTokenDays = 365
/** Where nobody says for how long. */
export const defaultTokenDays = 30

/**
 * The process at the other end of a connection, as the system tells it; what it doesn't tell is null. `name` and `path`
 * are whatever that process chose to be called: shown, never believed.
 */
export const peerSchema = z.object({
  pid: z.number().int().positive().nullable(),
  name: z.string().max(64).nullable(),
  path: z.string().max(1024).nullable(),
})
export type Peer = z.infer<typeof peerSchema>

/** An agent that asks to be connected. `code` is shown here and by the agent: the person compares the two. */
export const pairingSchema = z.object({
  id: z.string(),
  code: z.string().regex(/^\d{6}$/),
  name: agentNameSchema,
  /** What it asks for; the person may allow less. */
  scopes: z.array(agentScopeSchema).min(1),
  /** For how long it asks, in days. */
  days: z.number().int(),
  peer: peerSchema,
  /** An agent with this name is connected already: this may be it, or something that calls itself so. */
  nameTaken: z.boolean(),
  askedAt: z.string(),
  expiresAt: z.string(),
})
export type Pairing = z.infer<typeof pairingSchema>

/** A connected agent: everything about its token but the token. */
export const connectedAgentSchema = z.object({
  id: z.string(),
  name: agentNameSchema,
  /** The first six characters of the token's random part, for people to tell tokens apart. */
  prefix: z.string(),
  scopes: z.array(agentScopeSchema).min(1),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** To a few minutes; null: never. */
  lastUsedAt: z.string().nullable(),
})
export type ConnectedAgent = z.infer<typeof connectedAgentSchema>

/** `expired`: nobody answered in time, or the agent was removed; `failed`: allowed, and then it didn't work. */
export const agentRequestStates = ['pending', 'approved', 'denied', 'expired', 'done', 'failed'] as const

/** For how long a share token is good at most, in days; the person may choose less. */
export const maxShareDays = 365
/** Where nobody says for how long a share token is wanted. */
export const defaultShareDays = 30

/** `share`: a token that lets others read one of the person's bundles; `publish`: a skill's folder, handed in for review. */
const agentRequestKinds = ['install', 'run', 'share', 'publish'] as const

/** What an agent asked for that only a person can answer. */
export const agentRequestSchema = z.object({
  id: z.string(),
  kind: z.enum(agentRequestKinds),
  /** The skill, or the bundle by its name. */
  slug: slugSchema,
  /** Null of a bundle. */
  version: versionSchema.nullable(),
  /** The skill's title, by its publisher, or the bundle's. */
  title: z.string(),
  /** Of a share: days that the token is good for, what the person allowed once they have answered. */
  days: z.int().min(1).max(maxShareDays).nullable().default(null),
  /** Of a publish: the folder, with links resolved. */
  folder: z.string().nullable().default(null),
  /** Of a publish that was allowed: what the registry calls it, and how far its review is as the registry last said. */
  submission: z.object({ id: z.string(), state: z.string() }).nullable().default(null),
  /** Of a run: with what. */
  inputs: inputValuesSchema,
  /** The agent's own words: data, never instructions. */
  reason: z.string().max(300).nullable(),
  state: z.enum(agentRequestStates),
  askedAt: z.string(),
  /** Of one that waits, or that was approved and not yet used: until when. */
  expiresAt: z.string(),
  answeredAt: z.string().nullable(),
  error: plainErrorSchema.nullable(),
})
export type AgentRequest = z.infer<typeof agentRequestSchema>

/** The same for the person, who has to know which agent asks. */
export const waitingRequestSchema = agentRequestSchema.extend({
  agent: z.object({ id: z.string(), name: agentNameSchema }),
})
export type WaitingRequest = z.infer<typeof waitingRequestSchema>
