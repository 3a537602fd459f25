import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import { callOperation } from '../operations/call.ts'
import type { Agent, CallContext, Operation, OperationContext } from '../operations/operation.ts'
import type { BridgeBindings } from './authenticate.ts'
import { readJson } from './read-json.ts'
import { sendJson } from './send-json.ts'

type BridgeContext = Context<{ Bindings: BridgeBindings }>

export interface RestPorts {
  readonly operations: readonly Operation[]
  readonly authenticate: (context: BridgeContext) => Promise<Agent>
  readonly contextFor: (agent: Agent, call: CallContext) => OperationContext
}

/** Every operation under `/v1`. */
export function addRest(app: Hono<{ Bindings: BridgeBindings }>, ports: RestPorts): void {
  const never = new AbortController().signal
  /** Of answers that are given more than once. */
  const written = new WeakMap<object, string>()
  for (const operation of ports.operations) {
    const { method, path, status = 200 } = operation.route
    const readQuery = createQueryReader(operation)
    app.on(method.toUpperCase(), `/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (context) => {
      const agent = await ports.authenticate(context)
      const named = context.req.param() as Record<string, string>
      const given = method === 'post' ? await readMembers(context) : readQuery(context.req.queries())
      const answer = await callOperation(
        operation,
        { ...given, ...named },
        ports.contextFor(agent, {
          // An answer that others share isn't one caller's to cancel; and making a signal takes a while.
          signal: operation.keepMs === undefined ? context.req.raw.signal : never,
          idempotencyKey: readIdempotencyKey(context),
          stopsWhenGone: context.req.header('skillet-when-gone') === 'stop',
          onEvent: () => undefined,
        }),
      )
      const body = written.get(answer) ?? JSON.stringify(answer)
      if (operation.keepMs !== undefined) written.set(answer, body)
      return sendJson(context, status, body)
    })
  }
}

async function readMembers(context: BridgeContext): Promise<object> {
  const body = await readJson(context)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new SkilletError('INPUT_INVALID', 'The request isn’t a JSON object.', {
    remedy: 'Correct the request.',
  })
}

function readIdempotencyKey(context: BridgeContext): string | null {
  const key = context.req.header('idempotency-key')
  if (key === undefined || /^[\x21-\x7e]{1,128}$/.test(key)) return key ?? null
  throw new SkilletError('INPUT_INVALID', 'Idempotency-Key: up to 128 characters without spaces.', {
    remedy: 'Use a random one, such as a UUID.',
  })
}

/** A query is text; numbers and yes or no become what the operation takes. A member that is there twice stays a list, which none takes. */
function createQueryReader({ input }: Operation): (query: Record<string, string[]>) => object {
  let kinds: Map<string, string> | null = null
  const readKinds = () => {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input' }) as {
      properties?: Record<string, { type?: string }>
    }
    return new Map(Object.entries(properties).map(([name, { type = 'string' }]) => [name, type]))
  }
  return (query) => {
    kinds ??= readKinds()
    const of = kinds
    return Object.fromEntries(
      Object.entries(query).map(([name, values]) => [
        name,
        values.length === 1 ? fromText(values[0]!, of.get(name)) : values,
      ]),
    )
  }
}

function fromText(text: string, kind: string | undefined): unknown {
  if ((kind === 'integer' || kind === 'number') && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
