import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SkilletError } from '../../shared/errors.ts'
import type { Pairings } from '../access/pairing.ts'
import { proofOf } from '../proof.ts'
import type { AgentRuns } from '../runs/agent-runs.ts'
import type { Agent, CallContext, Operation, OperationContext } from '../operations/operation.ts'
import { createAuthenticate, type AuthenticatePorts, type BridgeBindings } from './authenticate.ts'
import { addEventStream, type EventStreams } from './event-stream.ts'
import { openApiDocument } from './openapi.ts'
import { addPairings } from './pairings.ts'
import { problemType, toProblem } from './problem.ts'
import { addMcp, type McpRoutePorts } from './mcp-route.ts'
import { referencePage } from './reference-page.ts'
import { createRest } from './rest.ts'

export type BridgeContext = Context<{ Bindings: BridgeBindings }>
export type BridgeApp = Hono<{ Bindings: BridgeBindings }>

export interface AppPorts extends AuthenticatePorts {
  readonly operations: readonly Operation[]
  readonly mcp: McpRoutePorts['mcp']
  readonly contextFor: (agent: Agent, call: CallContext) => OperationContext
  readonly pairings: Pairings
  readonly runs: AgentRuns
  /** Base64url, from `bridge.json`. */
  readonly key: string
  /** Of this program. */
  readonly version: string
  readonly log: (line: string) => void
}

/**
 * All that the bridge answers, whichever way a request came: `rest` what it knows, and `app` the rest. Each request has been
 * judged by `judgeHead` before.
 */
export function createApp(ports: AppPorts): {
  rest: ReturnType<typeof createRest>
  app: BridgeApp
  streams: EventStreams
} {
  const app: BridgeApp = new Hono()
  const authenticate = createAuthenticate(ports)
  app.onError((error, context) => {
    const { problem, headers } = toProblem(error, ports.log)
    return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
      ...headers,
      'content-type': problemType,
    })
  })
  app.notFound(() => {
    throw new SkilletError('NOT_FOUND', 'There is nothing here.', { remedy: 'See /docs for what there is.' })
  })
  app.get('/v1/hello', (context) => {
    const challenge = context.req.query('challenge') ?? ''
    if (!/^[\w-]{22,86}$/.test(challenge))
      throw new SkilletError('INPUT_INVALID', 'challenge: 16 to 64 random bytes in base64url.', {
        remedy: 'See /docs for how to know the real Skillet.',
      })
    const proof = proofOf(ports.key, context.env.address, challenge)
    return context.json({ name: 'skillet', version: ports.version, proof })
  })
  const documentFor = ({ env }: BridgeContext) =>
    openApiDocument(ports.operations, `http://${env.peer.transport === 'socket' ? 'localhost' : env.address}`)
  app.get('/openapi.json', (context) => context.json(documentFor(context)))
  app.get('/docs', (context) => context.html(referencePage(documentFor(context))))
  addPairings(app, ports.pairings)
  const streams = addEventStream(app, { authenticate, runs: ports.runs })
  addMcp(app, { mcp: ports.mcp, authenticate })
  return { rest: createRest({ ...ports, authenticate }), app, streams }
}
