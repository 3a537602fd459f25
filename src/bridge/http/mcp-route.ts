import type { Hono } from 'hono'
import type { McpHttp } from '../mcp/http.ts'
import type { BridgeBindings, createAuthenticate } from './authenticate.ts'
import { readJson } from './read-json.ts'

export interface McpRoutePorts {
  /** Read from the disk when the first agent speaks MCP. */
  readonly mcp: () => Promise<McpHttp>
  readonly authenticate: ReturnType<typeof createAuthenticate>
}

/** MCP under `/mcp`, for whom and under which conditions REST answers, too. */
export function addMcp(app: Hono<{ Bindings: BridgeBindings }>, { mcp, authenticate }: McpRoutePorts): void {
  app.all('/mcp', async (context) => {
    const agent = await authenticate(context.env)
    return (await mcp()).fetch(context.req.raw, agent, () => readJson(context.env.incoming))
  })
}
