import { serve, type ServerType } from '@hono/node-server'
import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client'
import { Hono } from 'hono'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Engine } from '../../src/engine/api.ts'
import { createMcpHttp } from '../../src/bridge/mcp/http.ts'
import type { McpPorts } from '../../src/bridge/mcp/server.ts'
import type { Agent, Operation } from '../../src/bridge/operations/operation.ts'
import { agentScopes } from '../../src/shared/agent-scope.ts'
import type { SkilletError } from '../../src/shared/errors.ts'

export const allScopes: Agent = { id: 'agent-one', name: 'One', scopes: agentScopes }

/** The ports of an MCP server over this engine, as the bridge gives them. */
export function mcpPorts(
  engine: Engine,
  operations: readonly Operation[],
  logged: SkilletError[] = [],
): McpPorts {
  return {
    version: '1.2.3',
    operations,
    engine: async () => engine,
    contextOf: (agent, call) => ({ agent, idempotencyKey: null, engine: async () => engine, ...call }),
    log: (error) => void logged.push(error),
  }
}

/** `/mcp` alone, behind the least that establishes who asks: a bearer's token out of `agents`. */
export async function startMcpHost(ports: McpPorts, agents: ReadonlyMap<string, Agent>) {
  const mcp = createMcpHttp(ports)
  const app = new Hono()
  app.all('/mcp', async (c) => {
    const agent = agents.get(c.req.header('authorization')?.replace('Bearer ', '') ?? '')
    return agent === undefined ? c.text('Who are you?', 401) : mcp.fetch(c.req.raw, agent)
  })
  const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
  return {
    url,
    mcp,
    async stop() {
      await mcp.close()
      server.close()
      ;(server as unknown as { closeAllConnections(): void }).closeAllConnections()
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
