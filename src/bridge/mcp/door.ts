import { toSkilletError } from '../../shared/errors.ts'
import type { Agent, CallContext, OperationContext } from '../operations/operation.ts'
import type { McpHttp } from './http.ts'
import type { McpPorts } from './server.ts'

interface DoorPorts extends Pick<McpPorts, 'version' | 'operations' | 'engine' | 'extend'> {
  contextFor(agent: Agent, call: CallContext): OperationContext
  readonly log: (line: string) => void
}

/**
 * MCP as the bridge hosts it. The SDK is read from the disk when the first agent speaks MCP: most of the time none does.
 */
export function createMcpDoor({ contextFor, log, ...ports }: DoorPorts): {
  open(): Promise<McpHttp>
  /** Ends what goes on beyond one request, of all agents but these. */
  keepOnly(agentIds: ReadonlySet<string>): void
  close(): Promise<void>
} {
  let opened: Promise<McpHttp> | null = null

  async function start() {
    const { createMcpHttp } = await import('./http.ts')
    const http = createMcpHttp({
      ...ports,
      contextOf: (agent, call) => contextFor(agent, { ...call, idempotencyKey: null, stopsWhenGone: true }),
      log: ({ message, cause }) =>
        log(`mcp: ${cause instanceof Error ? (cause.stack ?? cause.message) : message}`),
    })
    return http
  }

  return {
    async open() {
      opened ??= start()
      return opened
    },
    keepOnly(agentIds) {
      // One that could not be opened has nothing to end.
      opened
        ?.then((http) => http.keepOnly(agentIds))
        .catch((error: unknown) => log(`mcp: ${toSkilletError(error).message}`))
    },
    async close() {
      await (await opened)?.close()
    },
  }
}
