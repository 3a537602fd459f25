import { WebStandardStreamableHTTPServerTransport, type McpServer } from '@modelcontextprotocol/server'
import { randomBytes } from 'node:crypto'
import type { Agent } from '../operations/operation.ts'

/** Of one agent: its windows, and what it forgot to end. */
const maxPerAgent = 16
/** Milliseconds between two signs of life on a stream, well within the five minutes that clients wait. */
const keepAliveMs = 120_000

export interface Session {
  readonly id: string
  readonly agentId: string
  readonly server: McpServer
  readonly transport: WebStandardStreamableHTTPServerTransport
  /** Ids of requests that wait for their answer. */
  readonly waiting: Set<string | number>
}

export interface Sessions {
  /** The session of this id, if it is this agent's own: another's is as good as none. */
  find(id: string, agent: Agent): Session | null
  /** Known from the moment on in which its `initialize` was understood. */
  open(agent: Agent): Promise<Session>
  all(): Iterable<Session>
  /** Ends those of all other agents; what they asked for is cancelled. */
  keepOnly(agentIds: ReadonlySet<string>): Promise<void>
}

/**
 * The sessions of protocol versions before 2026-07-28. Each is bound to the token that opened it. An agent that opens more
 * than its share loses the one that it used longest ago: nothing needs a clock.
 */
export function createSessions(ports: {
  serverFor(agent: Agent): McpServer
  /** After each that began or ended. */
  onCount(count: number): void
}): Sessions {
  /** In the order of their last use. */
  const sessions = new Map<string, Session>()

  function forget(id: string): void {
    if (sessions.delete(id)) ports.onCount(sessions.size)
  }

  async function endOldest(agentId: string): Promise<void> {
    const own = [...sessions.values()].filter((session) => session.agentId === agentId)
    for (const session of own.slice(0, Math.max(0, own.length - maxPerAgent))) await session.server.close()
  }

  return {
    find(id, agent) {
      const session = sessions.get(id)
      if (session === undefined || session.agentId !== agent.id) return null
      sessions.delete(id)
      sessions.set(id, session)
      return session
    },

    async open(agent) {
      const id = randomBytes(32).toString('base64url')
      const server = ports.serverFor(agent)
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => id,
        keepAliveMs,
        async onsessioninitialized() {
          sessions.set(id, session)
          ports.onCount(sessions.size)
          await endOldest(agent.id)
        },
        onsessionclosed: () => forget(id),
      })
      const session: Session = { id, agentId: agent.id, server, transport, waiting: new Set() }
      server.server.onclose = () => forget(id)
      await server.connect(noticeAnswers(transport, session.waiting))
      return session
    },

    all: () => sessions.values(),

    async keepOnly(agentIds) {
      for (const session of [...sessions.values()])
        if (!agentIds.has(session.agentId)) await session.server.close()
    },
  }
}

function noticeAnswers(
  transport: WebStandardStreamableHTTPServerTransport,
  waiting: Set<string | number>,
): WebStandardStreamableHTTPServerTransport {
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    if (!('method' in message) && message.id !== undefined) waiting.delete(message.id)
    return send(message, options)
  }
  return transport
}
