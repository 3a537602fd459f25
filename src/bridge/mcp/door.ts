import { toSkilletError } from '../../shared/errors.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Agent, CallContext, OperationContext } from '../operations/operation.ts'
import type { McpHttp } from './http.ts'
import type { McpPorts } from './server.ts'

interface DoorPorts extends Pick<McpPorts, 'version' | 'operations' | 'engine' | 'extend'> {
  contextFor(agent: Agent, call: CallContext): OperationContext
  readonly tokens: Pick<Tokens, 'list' | 'onChange'>
  readonly log: (line: string) => void
}

/**
 * MCP as the bridge hosts it. The SDK is read from the disk when the first agent speaks MCP: most of the time none does. A
 * token that was taken back ends what goes on beyond one request, too.
 */
export function createMcpDoor({ tokens, contextFor, log, ...ports }: DoorPorts): {
  open(): Promise<McpHttp>
  close(): Promise<void>
} {
  let opened: Promise<{ http: McpHttp; stop: () => void }> | null = null

  async function start() {
    const { createMcpHttp } = await import('./http.ts')
    const http = createMcpHttp({
      ...ports,
      contextOf: (agent, call) => contextFor(agent, { ...call, idempotencyKey: null, stopsWhenGone: true }),
      log: ({ message, cause }) =>
        log(`mcp: ${cause instanceof Error ? (cause.stack ?? cause.message) : message}`),
    })
    const stop = tokens.onChange(() => {
      tokens
        .list()
        .then((connected) => http.keepOnly(new Set(connected.map(({ id }) => id))))
        .catch((error: unknown) => {
          // Nobody can say any more who may come in.
          log(`mcp: ${toSkilletError(error).message}`)
          return http.keepOnly(new Set())
        })
    })
    return { http, stop }
  }

  return {
    async open() {
      opened ??= start()
      return (await opened).http
    },
    async close() {
      const { http, stop } = (await opened) ?? {}
      stop?.()
      await http?.close()
    },
  }
}
