import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  type ClientCapabilities,
  type Implementation,
  type Result,
} from '@modelcontextprotocol/server'
import { messagesOf, type Exchange, type Message } from './exchange.ts'

/** Whoever is at the other end of standard input and output. */
export interface Caller {
  readonly info: Implementation
  readonly capabilities: ClientCapabilities
}

export interface UpstreamRequest {
  readonly method: string
  readonly params?: Record<string, unknown> | undefined
}

export interface UpstreamHooks {
  readonly signal: AbortSignal
  /** What comes before the result. */
  readonly onMessage?: (message: Message) => void
}

/** A server of version 2026-07-28, in which each request stands for itself. */
export interface Upstream {
  /** @throws ProtocolError what the server refused, and what the exchange throws */
  ask(caller: Caller, request: UpstreamRequest, hooks: UpstreamHooks): Promise<Result>
}

const version = '2026-07-28'
/** Requests of which a header says what they are about. */
const named = new Set(['tools/call', 'resources/read', 'prompts/get'])

export function createUpstream(exchange: Exchange): Upstream {
  let asked = 0
  return {
    async ask(caller, { method, params = {} }, { signal, onMessage }) {
      const id = `stdio-${++asked}`
      const { _meta: meta, ...rest } = params
      const name = rest['name'] ?? rest['uri']
      const answer = await exchange(
        {
          jsonrpc: '2.0',
          id,
          method,
          params: {
            ...rest,
            _meta: {
              ...(meta as object | undefined),
              [PROTOCOL_VERSION_META_KEY]: version,
              [CLIENT_INFO_META_KEY]: caller.info,
              [CLIENT_CAPABILITIES_META_KEY]: caller.capabilities,
            },
          },
        },
        {
          'mcp-protocol-version': version,
          'mcp-method': method,
          ...(typeof name === 'string' && named.has(method) ? { 'mcp-name': asHeader(name) } : {}),
        },
        signal,
      )
      for await (const message of messagesOf(answer)) {
        if (message.error !== undefined) {
          const { code, message: text, data } = message.error
          throw new ProtocolError(code, text, data)
        }
        if (message.result !== undefined && message.id === id) return message.result as Result
        onMessage?.(message)
      }
      throw new ProtocolError(-32603, 'Skillet ended before it had answered.')
    },
  }
}

/** Other values than printable ASCII are wrapped (MCP 2026-07-28, Streamable HTTP, encoding of header values). */
function asHeader(value: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?')
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`
}
