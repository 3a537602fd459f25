import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client'
import { createAccess } from '../../src/bridge/access/access.ts'
import { createBridge, type BridgePorts } from '../../src/bridge/bridge.ts'
import type { Agent, Operation } from '../../src/bridge/operations/operation.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { ConnectedAgent } from '../../src/shared/agent-access.ts'
import { agentScopes } from '../../src/shared/agent-scope.ts'
import { SkilletError } from '../../src/shared/errors.ts'

export const allScopes: Agent = { id: 'agent-one', name: 'One', scopes: agentScopes }

/** The real bridge over this engine, with these operations and tokens. */
export async function startMcpHost(
  engine: Engine,
  operations: readonly Operation[],
  agents: ReadonlyMap<string, Agent>,
  extendMcp?: BridgePorts['extendMcp'],
) {
  const logged: string[] = []
  const connected = new Map(agents)
  const listeners = new Set<() => void>()
  const tokens = {
    async verify(token: string) {
      const agent = connected.get(token)
      if (agent === undefined) throw new SkilletError('UNAUTHORIZED', 'Skillet does not know this token.')
      return agent
    },
    list: async () => [...connected.values()] as readonly Agent[] as ConnectedAgent[],
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const access = createAccess({
    home: engine.home,
    engine: async () => engine,
    managed: async () => null,
    log: (line) => void logged.push(line),
  })
  const bridge = createBridge({
    home: engine.home,
    program: 'serve',
    version: '1.2.3',
    operations,
    extendMcp,
    engine: async () => engine,
    access: { ...access, tokens, onChange: tokens.onChange },
    log: (line) => void logged.push(line),
  })
  const { url } = await bridge.start()
  return {
    url: new URL('/mcp', url),
    logged,
    bridge,
    /** As the person does it, in the window. */
    disconnect(token: string): void {
      connected.delete(token)
      for (const listener of listeners) listener()
    },
  }
}

export type McpHost = Awaited<ReturnType<typeof startMcpHost>>

/** The SDK's own client. `modern` speaks 2026-07-28, otherwise 2025-11-25 in a session. */
export async function connectClient(
  url: URL,
  token: string,
  { modern = false, ...options }: ClientOptions & { modern?: boolean } = {},
) {
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  const client = new Client(
    { name: 'a-test', version: '1.0.0' },
    { ...options, ...(modern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}) },
  )
  await client.connect(transport)
  return { client, transport }
}
