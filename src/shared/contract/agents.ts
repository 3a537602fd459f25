import { z } from 'zod'
import { lintReportSchema } from '../finding.ts'
import { slugSchema, versionSchema } from '../identifiers.ts'
import { plainErrorSchema } from '../plain-error.ts'
import { call } from './define.ts'

export const agentIds = [
  'claude-code',
  'claude-desktop',
  'codex',
  'cursor',
  'gemini-cli',
  'github-copilot',
  'openclaw',
  'opencode',
  'vs-code',
  'windsurf',
  'shared',
] as const
export const agentIdSchema = z.enum(agentIds)
export type AgentId = z.infer<typeof agentIdSchema>

/**
 * What lies at a place of ours. `missing`: it was taken away; `edited`: somebody changed a file, so nothing there is
 * touched; `replaced`: something else lies there; `moved`: the agent's folder is gone or is a link to another one now.
 */
export const placeStateSchema = z.enum(['placed', 'missing', 'edited', 'replaced', 'moved'])
export type PlaceState = z.infer<typeof placeStateSchema>

const placementSchema = z.object({
  slug: slugSchema,
  folder: z.string(),
  agents: z.array(agentIdSchema),
  how: z.enum(['link', 'copy']),
  state: placeStateSchema,
})
export type Placement = z.infer<typeof placementSchema>

/** `other`: there is a server named skillet that isn't this one. */
const connectionSchema = z.object({
  file: z.string(),
  state: z.enum(['connected', 'absent', 'other', 'unreadable']),
  problem: plainErrorSchema.nullable(),
})
export type Connection = z.infer<typeof connectionSchema>

const agentSchema = z.object({
  id: agentIdSchema,
  title: z.string(),
  found: z.boolean(),
  /** Whether administrators let Skillet put skills there. */
  allowed: z.boolean(),
  /** Where it looks for skills, and the names in there that aren't ours; null: nowhere. */
  skills: z.object({ folder: z.string(), others: z.array(z.string()) }).nullable(),
  connection: connectionSchema.nullable(),
})
export type Agent = z.infer<typeof agentSchema>

const agentsSchema = z.object({ agents: z.array(agentSchema), placements: z.array(placementSchema) })
export type Agents = z.infer<typeof agentsSchema>

const placePlanSchema = z.object({
  slug: slugSchema,
  version: versionSchema,
  /** Files that agents get to see, and those that stay with Skillet. */
  shown: z.array(z.string()),
  kept: z.array(z.string()),
  places: z.array(
    z.object({
      folder: z.string(),
      agents: z.array(agentIdSchema),
      how: z.enum(['link', 'copy']),
      /** It is there already. */
      done: z.boolean(),
      /** What is in the way; nothing is written while anything is. */
      taken: z.enum(['folder', 'link', 'file']).nullable(),
    }),
  ),
})
export type PlacePlan = z.infer<typeof placePlanSchema>

/** One change to an agent's own configuration, as it will be written. */
const configChangeSchema = z.object({
  agent: agentIdSchema,
  file: z.string(),
  /** The file isn't there yet. */
  isNew: z.boolean(),
  /** Stands for the file as it is now and the change; `agents.connect` takes it, and refuses where either differs by then. */
  digest: z.string(),
  /** The lines around the change. */
  diff: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })),
})
export type ConfigChange = z.infer<typeof configChangeSchema>

const scannedSkillSchema = z.object({
  /** Path of the folder, links followed. */
  path: z.string(),
  name: z.string(),
  agents: z.array(agentIdSchema),
  /** Null where it couldn't be looked through: `problem` says why. */
  report: lintReportSchema.nullable(),
  problem: z.string().nullable(),
  /** `ours`: Skillet placed it. `published`: byte for byte a skill of the registry. */
  origin: z.enum(['ours', 'published', 'unknown']),
  release: z
    .object({ slug: slugSchema, version: versionSchema, newest: versionSchema.nullable() })
    .nullable(),
  /** Whether the person has brought it under Skillet, and whether it is still what it was then. */
  adopted: z.enum(['no', 'unchanged', 'changed']),
  /** Stands for every byte of it; null where it couldn't be read. */
  digest: z.string().nullable(),
  /** Whether Skillet can run it in its sandbox: it brings a skill.toml that holds. */
  runnable: z.boolean(),
})
export type ScannedSkill = z.infer<typeof scannedSkillSchema>

const scanReportSchema = z.object({
  skills: z.array(scannedSkillSchema),
  /** What was left out, in words. */
  leftOut: z.array(z.string()),
})
export type ScanReport = z.infer<typeof scanReportSchema>

export const agentEvents = {
  'agents.scanning': z.object({ done: z.number(), of: z.number(), name: z.string() }),
}

const chosen = z.object({ slug: slugSchema, agents: z.array(agentIdSchema).min(1) })

export const agentCalls = {
  'agents.list': call(z.null(), agentsSchema),
  'agents.planPlace': call(chosen, placePlanSchema),
  'agents.place': call(chosen, z.null()),
  'agents.unplace': call(chosen, z.null()),
  'agents.planConnect': call(z.object({ agent: agentIdSchema, connect: z.boolean() }), configChangeSchema),
  'agents.connect': call(
    z.object({ agent: agentIdSchema, connect: z.boolean(), digest: z.string() }),
    z.null(),
  ),
  'agents.scan': call(z.null(), scanReportSchema),
  'agents.adopt': call(z.object({ path: z.string(), digest: z.string() }), z.null()),
  'agents.disown': call(z.object({ path: z.string() }), z.null()),
}
