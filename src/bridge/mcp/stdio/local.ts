import type { Engine } from '../../../engine/api.ts'
import type { SkilletError } from '../../../shared/errors.ts'
import { agentScopes } from '../../../shared/agent-scope.ts'
import { assertBridgeOpen } from '../../access/tokens.ts'
import { operations } from '../../operations/operations.ts'
import type { Agent } from '../../operations/operation.ts'
import { createMcpHttp } from '../http.ts'
import { createUpstream, type Upstream } from './upstream.ts'

interface LocalPorts {
  readonly name: string
  readonly version: string
  /** Opened by the first request that needs it. */
  readonly engine: () => Promise<Engine>
  readonly log: (error: SkilletError) => void
}

/**
 * Agents' operations on the engine in this process. Who starts `skillet mcp` could as well start any other command of
 * Skillet's, so there is no token; what needs the person waits for the app all the same.
 */
export function createLocalUpstream({ name, version, engine, log }: LocalPorts): Upstream {
  const agent: Agent = { id: 'stdio', name, scopes: agentScopes }
  const http = createMcpHttp({
    version,
    operations,
    engine,
    contextOf: (of, call) => ({ agent: of, idempotencyKey: null, engine, ...call }),
    log,
  })
  const upstream = createUpstream(async (message, headers, signal) => {
    const request = new Request('http://localhost/mcp', {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      signal,
    })
    const { status, headers: said, body } = await http.fetch(request, agent, async () => message)
    return {
      status,
      contentType: said.get('content-type') ?? '',
      body: (body ?? []) as AsyncIterable<Uint8Array>,
    }
  })
  return {
    async ask(caller, request, hooks) {
      // Which tools there are is known without an engine, and an agent's start doesn't wait for one.
      if (request.method !== 'tools/list') assertBridgeOpen(await (await engine()).managedPolicy())
      return upstream.ask(caller, request, hooks)
    },
  }
}
