import { agentIds, type AgentId } from '../shared/contract/agents.ts'
import { SkilletError } from '../shared/errors.ts'

/** Throws USAGE for a name that isn't an agent's. */
export function agentsOf(names: readonly string[]): AgentId[] {
  return names.map((name) => {
    const known = agentIds.find((id) => id === name)
    if (known === undefined)
      throw new SkilletError('USAGE', `There is no agent named ${name}.`, {
        remedy: `Use one of ${agentIds.join(', ')}.`,
      })
    return known
  })
}
