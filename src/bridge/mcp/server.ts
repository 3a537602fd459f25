import { McpServer } from '@modelcontextprotocol/server'
import type { Engine } from '../../engine/api.ts'
import type { SkilletError } from '../../shared/errors.ts'
import type { Agent, Operation, OperationContext } from '../operations/operation.ts'
import { identityOf, instructions } from './identity.ts'
import { addPrompts } from './prompts.ts'
import { addSkills } from './skills.ts'
import { addTool } from './tool.ts'

export interface McpPorts {
  /** Skillet's own version. */
  readonly version: string
  readonly operations: readonly Operation[]
  /** Opened by whoever asks first. */
  engine(): Promise<Engine>
  /** With what an operation does its work for this agent. */
  contextOf(agent: Agent, call: Pick<OperationContext, 'signal' | 'onEvent'>): OperationContext
  /** Adds to each server before it is connected; nothing in what we ship. */
  readonly extend?: ((server: McpServer) => void) | undefined
  /** Hears of what nobody foresaw. */
  log(error: SkilletError): void
}

/**
 * A server for one agent: the tools that its token is good for, and, with `catalog:read`, installed skills as resources
 * and prompts. It has no rules of its own: what an operation refuses is refused here as well. With `only`, for a request
 * that calls this tool and ends with it, nothing else is made.
 */
export function createMcpServer(
  ports: McpPorts,
  agent: Agent,
  only: { tool: string } | null = null,
): McpServer {
  const server = new McpServer(identityOf(ports.version), {
    instructions,
    capabilities: {
      tools: { listChanged: true },
      ...(agent.scopes.includes('catalog:read')
        ? { resources: { listChanged: true }, prompts: { listChanged: true } }
        : {}),
    },
    maxToolInputElements: 1000,
  })
  for (const operation of ports.operations)
    if (agent.scopes.includes(operation.scope) && (only === null || only.tool === operation.name))
      addTool(server, ports, agent, operation)
  if (agent.scopes.includes('catalog:read') && only === null) {
    addSkills(server, ports)
    addPrompts(server, ports)
  }
  ports.extend?.(server)
  return server
}

/** Tells a client that keeps a connection that what is installed has changed, as far as it sees any of it. */
export async function tellChanged({ server }: McpServer): Promise<void> {
  const { resources, prompts } = server.getCapabilities()
  await Promise.allSettled([
    server.sendToolListChanged(),
    ...(resources ? [server.sendResourceListChanged()] : []),
    ...(prompts ? [server.sendPromptListChanged()] : []),
  ])
}
