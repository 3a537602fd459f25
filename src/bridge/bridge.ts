import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Engine } from '../engine/api.ts'
import { removeDiscovery, writeDiscovery, type Discovery } from './discovery.ts'
import type { Access } from './access/access.ts'
import type { Tokens } from './access/tokens.ts'
import { watchConnected } from './access/watch-connected.ts'
import { takeHostLock } from './host-lock.ts'
import { createApp } from './http/app.ts'
import type { BridgeBindings } from './http/authenticate.ts'
import { createGuesses } from './http/guesses.ts'
import { createInFlight } from './http/in-flight.ts'
import { listen, usualLimits, type Listener, type ListenerLimits } from './http/listen.ts'
import { createPace, usualPace, type PaceLimits } from './http/pace.ts'
import { Refusal } from './http/refusal.ts'
import { answerHeaders, refuse } from './http/refuse.ts'
import { createMcpDoor } from './mcp/door.ts'
import type { McpPorts } from './mcp/server.ts'
import { createIdempotency } from './operations/idempotency.ts'
import { createKeptAnswers } from './operations/kept-answers.ts'
import { operations as allOperations } from './operations/operations.ts'
import type { Agent, CallContext, Operation, OperationContext } from './operations/operation.ts'
import { createPeers, type Peer } from './peer/peers.ts'
import { createAgentRuns } from './runs/agent-runs.ts'
import { prepareSocketPlace } from './socket-place.ts'

/** Who may come in, as `createAccess` gives it. */
export interface BridgeAccess extends Pick<Access, 'pairings' | 'requests' | 'onChange'> {
  readonly tokens: Pick<Tokens, 'verify' | 'list' | 'onChange'>
}

export interface BridgePorts {
  /** Skillet's own folder, absolute. */
  readonly home: string
  readonly program: Discovery['program']
  /** Of Skillet itself. */
  readonly version: string
  /** Opened when the first agent asks for something that needs it. */
  readonly engine: () => Promise<Engine>
  readonly access: BridgeAccess
  readonly log: (line: string) => void
  readonly limits?: ListenerLimits
  readonly pace?: PaceLimits
  /** All that agents may ask for, by default. */
  readonly operations?: readonly Operation[]
  /** Adds to each MCP server: the conformance suite looks for tools of its own. */
  readonly extendMcp?: McpPorts['extend']
}

export interface Bridge {
  /** Null while it doesn't listen. */
  status(): Pick<Discovery, 'url' | 'socket' | 'startedAt'> | null
  /** @throws SkilletError BUSY where another process has the place */
  start(): Promise<Pick<Discovery, 'url' | 'socket' | 'startedAt'>>
  /** Takes no more requests, and ends those under way. */
  stop(): Promise<void>
}

/** Requests under way have so long to end when the bridge stops. */
const graceMs = 1_500

/** The agents' door: the same app behind a port of 127.0.0.1 and behind a socket. */
export function createBridge(ports: BridgePorts): Bridge {
  let current: Promise<Running> | null = null
  let shown: Discovery | null = null
  return {
    status: () => shown,
    async start() {
      current ??= open(ports).catch((error: unknown) => {
        current = null
        throw error
      })
      shown = (await current).discovery
      return shown
    },
    async stop() {
      const stopping = current
      current = null
      shown = null
      // One that could not be opened holds nothing.
      const running = await stopping?.catch(() => null)
      await running?.close()
    },
  }
}

interface Running {
  readonly discovery: Discovery
  close(): Promise<void>
}

async function open(ports: BridgePorts): Promise<Running> {
  const { home, program, engine, access, log } = ports
  const undo: (() => Promise<void>)[] = [await takeHostLock(home)]
  const close = async () => {
    // The last thing that was made goes first.
    for (const step of undo.reverse()) await step()
  }
  try {
    const key = randomBytes(32).toString('base64url')
    const runs = createAgentRuns({ engine, log })
    // A skill must not outlive the Skillet in which it can be stopped.
    undo.push(() => runs.stopAll())
    const { operations = allOperations } = ports
    const idempotency = createIdempotency()
    const kept = createKeptAnswers()
    const contextFor = (agent: Agent, call: CallContext): OperationContext => ({
      agent,
      signal: call.signal,
      idempotencyKey: call.idempotencyKey,
      stopsWhenGone: call.stopsWhenGone,
      onEvent: call.onEvent,
      engine,
      idempotency,
      kept,
      requests: access.requests,
      runs,
    })
    const mcp = createMcpDoor({
      ...ports,
      extend: ports.extendMcp,
      operations,
      contextFor,
    })
    undo.push(mcp.close)
    const { rest, app, streams } = createApp({
      key,
      version: ports.version,
      tokens: access.tokens,
      pairings: access.pairings,
      guesses: createGuesses(),
      pace: createPace(ports.pace ?? usualPace),
      inFlight: createInFlight(),
      contextFor,
      operations,
      runs,
      mcp: mcp.open,
      log,
    })
    const stopWatching = watchConnected({
      ...access,
      keepOnly(agents) {
        streams.keepOnly(agents)
        runs.keepOnly(agents)
        mcp.keepOnly(agents)
      },
      log,
    })
    undo.push(async () => stopWatching())
    const fetch = async (request: Request, bindings: object) => {
      const response = await app.fetch(request, bindings as BridgeBindings)
      for (const [name, value] of Object.entries(answerHeaders)) response.headers.set(name, value)
      return response
    }
    const place = await prepareSocketPlace(home)
    undo.push(place.clear)
    const limits = ports.limits ?? usualLimits
    const findPeer = createPeers()
    const opened: Listener[] = []
    for (const where of [{ port: 0 }, { socket: place.path }]) {
      const listener: Listener = await listen(
        where,
        createHandle({ rest, fetch, findPeer, listener: () => listener, log }),
        log,
        limits,
      )
      opened.push(listener)
      undo.push(() => listener.close(graceMs))
    }
    await place.lock()
    const discovery: Discovery = {
      schema: 1,
      pid: process.pid,
      program,
      startedAt: new Date().toISOString(),
      url: `http://${opened[0]!.address}`,
      socket: place.path,
      key,
    }
    await writeDiscovery(home, discovery)
    undo.push(() => removeDiscovery(home, key))
    return { discovery, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Hands a request on with who sent it. Nobody else's programs on this computer are served, whatever they know. */
function createHandle({
  rest,
  fetch,
  findPeer,
  listener,
  log,
}: {
  rest: (bindings: BridgeBindings) => Promise<void> | null
  fetch: (request: Request, bindings: object) => Response | Promise<Response>
  findPeer: (socket: IncomingMessage['socket']) => Promise<Peer>
  listener: () => Listener
  log: (line: string) => void
}): (request: IncomingMessage, response: ServerResponse) => void {
  const me = process.getuid?.() ?? null
  const peers = new WeakMap<object, Peer>()
  const bindingsOf = (incoming: IncomingMessage, outgoing: ServerResponse): BridgeBindings => ({
    incoming,
    outgoing,
    peer: peers.get(incoming.socket)!,
    address: listener().address,
    known: () => listener().known(incoming.socket),
  })
  const others = getRequestListener(
    (request, bindings) => {
      const { incoming, outgoing } = bindings as BridgeBindings
      return fetch(request, bindingsOf(incoming, outgoing))
    },
    // The app's own `Response`s stay what they are.
    { overrideGlobalObjects: false },
  )
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void (rest(bindingsOf(request, response)) ?? others(request, response))
  return (request, response) => {
    const { socket } = request
    if (peers.has(socket)) return answer(request, response)
    void findPeer(socket).then((peer) => {
      if (peer.uid !== null && peer.uid !== me)
        return refuse(
          response,
          new Refusal(403, 'FORBIDDEN', 'Skillet serves only programs of the person who started it.', {
            remedy: 'Start Skillet under your own account.',
          }),
          log,
        )
      peers.set(socket, peer)
      return answer(request, response)
    })
  }
}
