import type { Agent } from '../../shared/contract/agents.ts'
import { toSnippet } from '../../review/snippet.ts'
import type { Engine } from '../api.ts'
import type { CatalogIndex, RegistryTrust } from '../ports.ts'
import { createAdopting } from './adopted.ts'
import { agentPlaces } from './agent-places.ts'
import { createConnecting } from './connect.ts'
import { isInUse } from './detect.ts'
import { identify } from './identify.ts'
import { mcpCommand } from './own-command.ts'
import { createPlacing, isAgentAllowed, type PlacePorts } from './place.ts'
import { scanSkills, skillFolders } from './scan.ts'

interface AgentsPorts extends PlacePorts {
  readonly trust: RegistryTrust
  readonly catalog: CatalogIndex
  /** Path of the sandbox's launcher, beside which the program lies. */
  readonly launcher: string
  readonly now: () => Date
}

type AgentCalls = Pick<
  Engine,
  | 'agents'
  | 'planPlace'
  | 'placeSkill'
  | 'unplaceSkill'
  | 'planConnection'
  | 'changeConnection'
  | 'scanAgents'
  | 'adoptSkill'
  | 'disownSkill'
>

/** The agents on this computer: what they see of Skillet's skills, how they reach Skillet, and what else they have. */
export function createAgents(ports: AgentsPorts): AgentCalls & {
  readonly assertUnchanged: (folder: string) => Promise<void>
} {
  const { store, journal, managed, trust, catalog } = ports
  const places = agentPlaces({ home: ports.userHome, env: ports.env, platform: ports.platform })
  const placing = createPlacing(ports)
  const connecting = createConnecting({
    paths: store.paths,
    journal,
    places,
    managed,
    command: (agent) =>
      mcpCommand(agent, store.paths.home, ports.launcher, {
        execPath: process.execPath,
        versions: process.versions,
        env: ports.env,
        platform: ports.platform,
      }),
  })
  const adopting = createAdopting({
    paths: store.paths,
    journal,
    folders: async () => [...(await skillFolders(places)).keys()],
    now: ports.now,
  })

  return {
    async agents() {
      const [policy, placements] = await Promise.all([managed(), placing.placements()])
      const agents = await Promise.all(
        places.map(async (place): Promise<Agent> => ({
          id: place.id,
          title: place.title,
          found: await isInUse(place),
          allowed: isAgentAllowed(place.policyName, policy),
          skills:
            place.skills === null
              ? null
              : { folder: place.skills, others: await placing.othersIn(place.skills, placements) },
          connection: await connecting.state(place.id),
        })),
      )
      return { agents, placements }
    },
    planPlace: (slug, agents) => placing.plan(slug, agents),
    placeSkill: (slug, agents) => placing.place(slug, agents),
    unplaceSkill: (slug, agents) => placing.unplace(slug, agents),
    planConnection: (agent, connect) => connecting.plan(agent, connect),
    changeConnection: (agent, connect, digest) => connecting.apply(agent, connect, digest),
    scanAgents: ({ onProgress, signal } = {}) =>
      scanSkills(
        {
          places,
          placements: () => placing.placements(),
          adopted: () => adopting.list(),
          // Read from the disk only where something is checked.
          lint: async (folder) =>
            (await import('../../review/lint-folder.ts')).lintFolder(folder, { purpose: 'read' }),
          identify: (folder) => identify({ trust, catalog }, folder),
          plain: toSnippet,
        },
        onProgress,
        signal,
      ),
    adoptSkill: (path, digest) => adopting.adopt(path, digest),
    disownSkill: (path) => adopting.disown(path),
    assertUnchanged: (folder) => adopting.assertUnchanged(folder),
  }
}
