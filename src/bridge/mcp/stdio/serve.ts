import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Server } from '@modelcontextprotocol/server'
import type { Engine } from '../../../engine/api.ts'
import { ensureWebCrypto } from '../web-crypto.ts'
import { createDoor } from './door.ts'
import { createForwardingServer } from './forwarding-server.ts'

interface StdioPorts {
  readonly home: string
  readonly version: string
  readonly name: string | null
  readonly engine: () => Promise<Engine>
  readonly log: (line: string) => void
}

/** Serves MCP on standard input and output until the agent closes them. */
export async function serveMcpOnStdio(
  { home, version, name, engine, log }: StdioPorts,
  signal: AbortSignal,
): Promise<void> {
  ensureWebCrypto()
  let server: Server | null = null
  const door = createDoor({
    home,
    name,
    openLocal: async (of) =>
      (await import('./local.ts')).createLocalUpstream({
        home,
        name: of,
        version,
        engine,
        log: ({ message, cause }) => log(cause instanceof Error ? `${message} (${cause.message})` : message),
        logLine: log,
      }),
    onChanged: () => {
      for (const tell of ['sendToolListChanged', 'sendResourceListChanged', 'sendPromptListChanged'] as const)
        // An agent that has gone hears of nothing.
        server?.[tell]().catch(() => undefined)
    },
  })
  const ended = new Promise<void>((resolve) => {
    const handle = serveStdio(() => {
      server = createForwardingServer({ version, ask: door.ask })
      server.onclose = resolve
      return server
    })
    // An agent may close before it has said anything.
    process.stdin.once('close', resolve).once('end', resolve)
    signal.addEventListener('abort', () => void handle.close().finally(resolve))
  })
  await ended
  await door.close()
}
