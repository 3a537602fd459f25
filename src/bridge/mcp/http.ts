import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type AuthInfo,
} from '@modelcontextprotocol/server'
import { httpStatusOf, toSkilletError } from '../../shared/errors.ts'
import type { Agent } from '../operations/operation.ts'
import { onSkillsChanged } from './changes.ts'
import { createMcpServer, tellChanged, type McpPorts } from './server.ts'
import { createSessions, type Session } from './sessions.ts'
import { ensureWebCrypto } from './web-crypto.ts'

export interface McpHttp {
  /**
   * Answers one request under `/mcp`. Who asks has been established, and so have `Host` and `Origin`; `readBody` is asked
   * once for the JSON of a POST, and throws where it is none, or too large.
   */
  fetch(request: Request, agent: Agent, readBody: () => Promise<unknown>): Promise<Response>
  /** Ends sessions, streams and what is under way of all agents but these: the others' tokens don't count any more. */
  keepOnly(agentIds: ReadonlySet<string>): Promise<void>
  close(): Promise<void>
}

/** Milliseconds between two signs of life on a stream, well within the five minutes that clients wait. */
const keepAliveMs = 120_000
/** Streams on which agents wait for news. */
const maxSubscriptions = 256

/**
 * MCP over HTTP: version 2026-07-28, in which each request stands for itself, and 2025-11-25 with those before it, in which
 * a session does. The same server is made for both.
 */
export function createMcpHttp(ports: McpPorts): McpHttp {
  ensureWebCrypto()
  const modern = createMcpHandler(
    ({ authInfo }) => {
      const { agent, only } = (authInfo as AgentInfo).extra
      return createMcpServer(ports, agent, only)
    },
    { legacy: 'reject', keepAliveMs, maxSubscriptions },
  )
  const underWay = new Map<string, Set<AbortController>>()
  let streams = 0

  const changes = onSkillsChanged(ports, () => {
    modern.notify.toolsChanged()
    modern.notify.resourcesChanged()
    modern.notify.promptsChanged()
    for (const { server } of sessions.all()) void tellChanged(server)
  })
  const sessions = createSessions({
    serverFor: (agent) => createMcpServer(ports, agent),
    onCount: () => changes.listenWhile(listening()),
  })
  const listening = () => streams + [...sessions.all()].length > 0

  async function modernFetch(request: Request, body: unknown, agent: Agent): Promise<Response> {
    const stop = new AbortController()
    const own = underWay.get(agent.id) ?? new Set()
    underWay.set(agent.id, own.add(stop))
    const abort = () => stop.abort()
    request.signal.addEventListener('abort', abort)
    const isStream = (body as { method?: unknown } | null)?.method === 'subscriptions/listen'
    if (isStream) {
      streams++
      changes.listenWhile(true)
    }
    const ended = () => {
      request.signal.removeEventListener('abort', abort)
      own.delete(stop)
      if (own.size === 0) underWay.delete(agent.id)
      if (isStream) {
        streams--
        changes.listenWhile(listening())
      }
    }
    // All that the SDK reads of a request whose body was read. Making a whole one takes a tenth of a search.
    const { url, method, headers } = request
    const read = { url, method, headers, signal: stop.signal } as Request
    try {
      const response = await modern.fetch(read, { parsedBody: body, authInfo: authInfoOf(agent, body) })
      return whenRead(response, abort, ended)
    } catch (error) {
      ended()
      throw error
    }
  }

  async function sessionFetch(request: Request, body: unknown, agent: Agent): Promise<Response> {
    const id = request.headers.get('mcp-session-id')
    if (id === null) {
      if (request.method !== 'POST' || !isInitializeRequest(body))
        return problem(400, -32600, 'This needs a session: send initialize first, then its MCP-Session-Id.')
      const session = await sessions.open(agent)
      const response = await handle(session, request, body)
      // What wasn't understood opens nothing.
      if (sessions.find(session.id, agent) === null) await session.server.close()
      return response
    }
    const session = sessions.find(id, agent)
    if (session === null) return problem(404, -32001, 'There is no such session: send initialize again.')
    return handle(session, request, body)
  }

  return {
    async fetch(request, agent, readBody) {
      let body: unknown
      try {
        if (request.method === 'POST') body = await readBody()
      } catch (error) {
        const { code, message } = toSkilletError(error)
        return problem(httpStatusOf(code), -32700, message)
      }
      if (Array.isArray(body))
        return problem(400, -32600, 'Send one message at a time: batches are not served.')
      return (await isLegacyRequest(request, body))
        ? sessionFetch(request, body, agent)
        : modernFetch(request, body, agent)
    },
    async keepOnly(agentIds) {
      for (const [agentId, stops] of underWay)
        if (!agentIds.has(agentId)) for (const stop of stops) stop.abort()
      await sessions.keepOnly(agentIds)
    },
    async close() {
      changes.listenWhile(false)
      await sessions.keepOnly(new Set())
      await modern.close()
    },
  }
}

interface AgentInfo extends AuthInfo {
  readonly extra: { readonly agent: Agent; readonly only: { tool: string } | null }
}

/** How the SDK hands on who asks, and for what. It judges no token. */
function authInfoOf(agent: Agent, body: unknown): AgentInfo {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown } }
  const tool = params?.name
  const only = method === 'tools/call' && typeof tool === 'string' ? { tool } : null
  return { token: '', clientId: agent.id, scopes: [...agent.scopes], extra: { agent, only } }
}

/** A second request of the same id would take the answer of the first. */
function handle(session: Session, request: Request, body: unknown): Promise<Response> {
  const { id, method, params } = (body ?? {}) as {
    id?: unknown
    method?: unknown
    params?: { requestId?: unknown }
  }
  const isId = (value: unknown): value is string | number =>
    typeof value === 'string' || typeof value === 'number'
  if (method === 'notifications/cancelled' && isId(params?.requestId))
    session.waiting.delete(params.requestId)
  if (isId(id) && typeof method === 'string') {
    if (session.waiting.has(id))
      return Promise.resolve(problem(400, -32600, 'A request of this id still waits for its answer.'))
    session.waiting.add(id)
  }
  return session.transport.handleRequest(request, { parsedBody: body }).then((response) => {
    if (!response.ok && isId(id)) session.waiting.delete(id)
    return response
  })
}

function problem(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

/** Of a stream: calls `abort` where the reader goes before the end, and `ended` once either way. */
function whenRead(response: Response, abort: () => void, ended: () => void): Response {
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    ended()
    return response
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        ended()
        controller.close()
      } catch (error) {
        ended()
        controller.error(error)
      }
    },
    async cancel(reason) {
      abort()
      ended()
      await reader.cancel(reason)
    },
  })
  return new Response(body, response)
}
