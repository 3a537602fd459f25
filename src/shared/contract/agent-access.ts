import { z } from 'zod'
import {
  connectedAgentSchema,
  maxShareDays,
  maxTokenDays,
  pairingSchema,
  waitingRequestSchema,
} from '../agent-access.ts'
import { agentScopeSchema } from '../agent-scope.ts'
import { lintReportSchema } from '../finding.ts'
import { sha256Schema, slugSchema, versionSchema } from '../identifiers.ts'
import { call } from './define.ts'

const idSchema = z.object({ id: z.string().max(64) })

/** A skill's folder that an agent would like to submit, as it would be submitted. */
const folderLookSchema = z.object({
  folder: z.string(),
  /** Stands for every byte of it; what is submitted has the same. */
  digest: sha256Schema,
  slug: slugSchema,
  version: versionSchema,
  title: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.number(), executable: z.boolean() })),
  report: lintReportSchema,
  /** The version that the registry offers now, and which files differ from it; null: the skill is new. */
  published: z
    .object({
      version: versionSchema,
      added: z.array(z.string()),
      changed: z.array(z.string()),
      removed: z.array(z.string()),
    })
    .nullable(),
  /** What it will want to do, in words; `isNew`: the published version doesn't. */
  asks: z.array(z.object({ title: z.string(), isNew: z.boolean() })),
})
export type FolderLook = z.infer<typeof folderLookSchema>

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
  /** What it asked for isn't done. An install is allowed by installing it. */
  'agentAccess.denyRequest': call(idSchema, z.null()),
  /** One run; with `folder`, this agent may give this skill other files from there without asking. */
  'agentAccess.allowRun': call(idSchema.extend({ folder: z.boolean() }), z.null()),
  /** A share token for no longer than the agent asked. It is made when the agent fetches it. */
  'agentAccess.allowShare': call(
    idSchema.extend({ days: z.number().int().min(1).max(maxShareDays) }),
    z.null(),
  ),
  /** The folder that an agent would like to submit. Refused where it isn't what was asked for any more. */
  'agentAccess.lookAtFolder': call(idSchema, folderLookSchema),
  /** Submits it, as it was shown. */
  'agentAccess.allowPublish': call(idSchema, z.object({ id: z.string() })),
}

export const agentAccessEvents = {
  /** Something waits, or waits no more, or an agent was connected or removed. */
  'agentAccess.changed': z.null(),
}
