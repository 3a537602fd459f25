import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { callOperation } from '../operations/call.ts'
import type { Agent, CallContext, Operation, OperationContext } from '../operations/operation.ts'
import type { BridgeBindings } from './authenticate.ts'
import { readJson } from './read-json.ts'
import { sendJson, sendProblem } from './send.ts'

interface RestPorts {
  readonly operations: readonly Operation[]
  readonly authenticate: (bindings: BridgeBindings) => Promise<Agent>
  readonly contextFor: (agent: Agent, call: CallContext) => OperationContext
  readonly log: (line: string) => void
}

interface Endpoint {
  readonly operation: Operation
  readonly readQuery: (query: URLSearchParams) => object
}

/**
 * Every operation under `/v1`, answered by Node itself: what a web framework and a `Request` add takes longer than a search.
 * Null for a request that is for none of them.
 */
export function createRest(ports: RestPorts): (bindings: BridgeBindings) => Promise<void> | null {
  const find = createRouter(ports.operations)
  const never = new AbortController().signal
  /** Of answers that are given more than once. */
  const written = new WeakMap<object, string>()

  async function answer({ operation, readQuery }: Endpoint, named: object, bindings: BridgeBindings) {
    const { incoming, outgoing } = bindings
    const agent = await ports.authenticate(bindings)
    const given = incoming.method === 'POST' ? await readMembers(incoming) : readQuery(queryOf(incoming.url))
    const answered = await callOperation(
      operation,
      { ...given, ...named },
      ports.contextFor(agent, {
        // An answer that others share isn't one caller's to cancel.
        signal: operation.keepMs === undefined ? goneSignal(outgoing) : never,
        idempotencyKey: readIdempotencyKey(incoming),
        stopsWhenGone: incoming.headers['skillet-when-gone'] === 'stop',
        onEvent: () => undefined,
      }),
    )
    const body = written.get(answered) ?? JSON.stringify(answered)
    if (operation.keepMs !== undefined) written.set(answered, body)
    sendJson(outgoing, operation.route.status ?? 200, body)
  }

  return (bindings) => {
    const { incoming, outgoing } = bindings
    const found = find(incoming.method ?? '', incoming.url ?? '')
    if (found === null) return null
    return answer(found.endpoint, found.named, bindings).catch((error: unknown) =>
      sendProblem(outgoing, error, ports.log),
    )
  }
}

/** Which operation a request is for, and what its path names. */
function createRouter(
  operations: readonly Operation[],
): (method: string, url: string) => { endpoint: Endpoint; named: Record<string, string> } | null {
  const fixed = new Map<string, Endpoint>()
  const patterns: { method: string; pattern: RegExp; endpoint: Endpoint }[] = []
  for (const operation of operations) {
    const method = operation.route.method.toUpperCase()
    const path = `/v1${operation.route.path}`
    const endpoint = { operation, readQuery: createQueryReader(operation) }
    if (path.includes('{'))
      patterns.push({
        method,
        endpoint,
        pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
      })
    else fixed.set(`${method} ${path}`, endpoint)
  }
  return (method, url) => {
    const query = url.indexOf('?')
    const path = query < 0 ? url : url.slice(0, query)
    const endpoint = fixed.get(`${method} ${path}`)
    if (endpoint !== undefined) return { endpoint, named: {} }
    for (const { method: of, pattern, endpoint } of patterns) {
      const groups = of === method ? pattern.exec(path)?.groups : undefined
      if (groups !== undefined) return { endpoint, named: decoded(groups) }
    }
    return null
  }
}

/** What isn't percent-encoded UTF-8 stays as it is, and names nothing. */
function decoded(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, text]) => {
      try {
        return [name, decodeURIComponent(text)]
      } catch {
        return [name, text]
      }
    }),
  )
}

function queryOf(url = ''): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
}

/** Fires when whoever asked has gone before the answer. */
function goneSignal(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  return gone.signal
}

async function readMembers(incoming: IncomingMessage): Promise<object> {
  const body = await readJson(incoming)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new SkilletError('INPUT_INVALID', 'The request isn’t a JSON object.', {
    remedy: 'Correct the request.',
  })
}

function readIdempotencyKey({ headers }: IncomingMessage): string | null {
  const key = headers['idempotency-key'] ?? null
  if (key === null || (typeof key === 'string' && /^[\x21-\x7e]{1,128}$/.test(key))) return key
  throw new SkilletError('INPUT_INVALID', 'Idempotency-Key: up to 128 characters without spaces.', {
    remedy: 'Use a random one, such as a UUID.',
  })
}

/** A query is text; numbers and yes or no become what the operation takes. A member that is there twice stays a list, which none takes. */
function createQueryReader({ input }: Operation): Endpoint['readQuery'] {
  let kinds: Map<string, string> | null = null
  const readKinds = () => {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input' }) as {
      properties?: Record<string, { type?: string }>
    }
    return new Map(Object.entries(properties).map(([name, { type = 'string' }]) => [name, type]))
  }
  return (query) => {
    const of = (kinds ??= readKinds())
    return Object.fromEntries(
      [...query.keys()].map((name) => {
        const values = query.getAll(name)
        return [name, values.length === 1 ? fromText(values[0]!, of.get(name)) : values]
      }),
    )
  }
}

function fromText(text: string, kind: string | undefined): unknown {
  if ((kind === 'integer' || kind === 'number') && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
