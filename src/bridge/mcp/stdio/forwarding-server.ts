import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  ProtocolError,
  SERVER_INFO_META_KEY,
  Server,
  type CallToolResult,
  type GetPromptResult,
  type ListPromptsResult,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ListToolsResult,
  type ReadResourceResult,
  type Result,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { toSkilletError } from '../../../shared/errors.ts'
import { identityOf, instructions } from '../identity.ts'
import { toToolError } from '../tool-error.ts'
import type { Message } from './exchange.ts'
import type { Caller, UpstreamHooks, UpstreamRequest } from './upstream.ts'

export interface ForwardingPorts {
  readonly version: string
  ask(caller: Caller, request: UpstreamRequest, hooks: UpstreamHooks): Promise<Result>
}

const anyParams = z.looseObject({})

/**
 * MCP on standard input and output: says who it is by itself, so that an agent's start waits for nothing, and hands on all
 * the rest. Nothing here knows what a tool or a resource is.
 */
export function createForwardingServer({ version, ask }: ForwardingPorts): Server {
  const server = new Server(identityOf(version), {
    instructions,
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true },
      prompts: { listChanged: true },
      extensions: { 'io.modelcontextprotocol/skills': {} },
    },
  })

  async function forward<R extends Result>(
    method: string,
    params: Record<string, unknown> | undefined,
    { mcpReq }: ServerContext,
  ): Promise<R> {
    const caller = callerOf(server, mcpReq.envelope)
    const onMessage = (message: Message) => {
      if (message.method === 'notifications/progress')
        // A client that has gone needs no progress.
        void mcpReq
          .notify({ method: 'notifications/progress', params: message.params as never })
          .catch(() => undefined)
    }
    try {
      return ownResult(
        await ask(
          caller,
          { method, params: { ...withToken(params, mcpReq._meta), ...answersOf(mcpReq) } },
          { signal: mcpReq.signal, onMessage },
        ),
      ) as R
    } catch (error) {
      if (error instanceof ProtocolError) throw error
      if (method === 'tools/call') return toToolError(error) as Result as R
      throw new ProtocolError(-32603, toSkilletError(error).message)
    }
  }

  server.setRequestHandler('tools/list', ({ params }, context) =>
    forward<ListToolsResult>('tools/list', params, context),
  )
  server.setRequestHandler('tools/call', ({ params }, context) =>
    forward<CallToolResult>('tools/call', params, context),
  )
  server.setRequestHandler('resources/list', ({ params }, context) =>
    forward<ListResourcesResult>('resources/list', params, context),
  )
  server.setRequestHandler('resources/templates/list', ({ params }, context) =>
    forward<ListResourceTemplatesResult>('resources/templates/list', params, context),
  )
  server.setRequestHandler('resources/read', ({ params }, context) =>
    forward<ReadResourceResult>('resources/read', params, context),
  )
  server.setRequestHandler('prompts/list', ({ params }, context) =>
    forward<ListPromptsResult>('prompts/list', params, context),
  )
  server.setRequestHandler('prompts/get', ({ params }, context) =>
    forward<GetPromptResult>('prompts/get', params, context),
  )
  for (const method of ['skills/list', 'skills/get'])
    server.setRequestHandler(method, { params: anyParams }, (params, context) =>
      forward(method, params, context),
    )
  return server
}

/** Without what the version of the other connection adds to every result; this one's SDK adds its own. */
function ownResult(result: Result): Result {
  if (result['resultType'] !== 'complete') return result
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta: meta, ...rest } = result
  const { [SERVER_INFO_META_KEY]: _info, ...ours } = meta ?? {}
  return Object.keys(ours).length === 0 ? rest : { ...rest, _meta: ours }
}

/** What the person was shown, and what comes back of it, belongs to whoever asked. */
function answersOf({ inputResponses, requestState }: ServerContext['mcpReq']): Record<string, unknown> {
  const state = requestState()
  return {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(state === undefined ? {} : { requestState: state }),
  }
}

/** Progress is told under the token that the agent chose. */
function withToken(
  params: Record<string, unknown> | undefined,
  meta: ServerContext['mcpReq']['_meta'],
): Record<string, unknown> {
  const { _meta: _, ...rest } = params ?? {}
  return meta?.progressToken === undefined ? rest : { ...rest, _meta: { progressToken: meta.progressToken } }
}

function callerOf(server: Server, envelope: object | undefined): Caller {
  const said = (envelope ?? {}) as Record<string, unknown>
  return {
    info: (said[CLIENT_INFO_META_KEY] as Caller['info'] | undefined) ??
      server.getClientVersion() ?? { name: 'agent', version: '0' },
    capabilities:
      (said[CLIENT_CAPABILITIES_META_KEY] as Caller['capabilities'] | undefined) ??
      server.getClientCapabilities() ??
      {},
  }
}
