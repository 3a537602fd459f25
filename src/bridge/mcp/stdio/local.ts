import type { Engine } from '../../../engine/api.ts'
import { agentScopes } from '../../../shared/agent-scope.ts'
import type { SkilletError } from '../../../shared/errors.ts'
import { createAccess } from '../../access/access.ts'
import { assertBridgeOpen } from '../../policy-watch.ts'
import { createIdempotency } from '../../operations/idempotency.ts'
import { createKeptAnswers } from '../../operations/kept-answers.ts'
import { operations } from '../../operations/operations.ts'
import type { Agent } from '../../operations/operation.ts'
import { createAgentRuns } from '../../runs/agent-runs.ts'
import { createMcpHttp } from '../http.ts'
import { createUpstream, type Upstream } from './upstream.ts'

interface LocalPorts {
  readonly home: string
  readonly name: string
  readonly version: string
  /** Opened by the first request that needs it. */
  readonly engine: () => Promise<Engine>
  readonly log: (error: SkilletError) => void
  readonly logLine: (line: string) => void
}

export interface LocalUpstream extends Upstream {
  /** Stops what runs. */
  close(): Promise<void>
}

/**
 * Agents' operations on the engine in this process. Who starts `skillet mcp` could as well start any other command of
 * Skillet's, so there is no token; what needs the person waits for the app all the same.
 */
export function createLocalUpstream({
  home,
  name,
  version,
  engine,
  log,
  logLine,
}: LocalPorts): LocalUpstream {
  const agent: Agent = { id: 'stdio', name, scopes: agentScopes }
  const managed = async () => (await engine()).managedPolicy()
  const access = createAccess({ home, engine, managed, log: logLine })
  const runs = createAgentRuns({ engine, log: logLine })
  const idempotency = createIdempotency()
  const kept = createKeptAnswers()
  const http = createMcpHttp({
    version,
    operations,
    engine,
    contextOf: (of, call) => ({
      ...call,
      agent: of,
      idempotencyKey: null,
      stopsWhenGone: true,
      engine,
      idempotency,
      kept,
      requests: access.requests,
      runs,
    }),
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
      if (request.method !== 'tools/list') assertBridgeOpen(await managed())
      return upstream.ask(caller, request, hooks)
    },
    async close() {
      await http.close()
      await runs.stopAll()
      await access.close()
    },
  }
}
