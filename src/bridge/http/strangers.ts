import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ListenerLimits } from './listen.ts'

interface Connection {
  timer: NodeJS.Timeout | null
  /** Requests that were not answered yet. */
  busy: number
}

/**
 * Holds connections to their time: one that sends its head or body too slowly is closed, and so is the oldest of too many
 * that have shown no token. So nobody who only connects can keep others out. A timer lives as long as a connection waits
 * for its other end to say something.
 */
export function createStrangers({ headersMs, bodyMs, strangers: most }: ListenerLimits): {
  arrived(socket: Duplex): void
  asks(request: IncomingMessage, response: ServerResponse): void
  known(socket: Duplex): void
  /** Closes what asks nothing at the moment, and the rest after its answer. */
  leave(): void
} {
  const connections = new Map<Duplex, Connection>()
  /** In the order in which they came. */
  const strangers = new Set<Duplex>()
  let isLeaving = false

  function within(socket: Duplex, connection: Connection, ms: number): void {
    if (connection.timer !== null) clearTimeout(connection.timer)
    connection.timer = setTimeout(() => socket.destroy(), ms)
  }
  function rest(connection: Connection): void {
    if (connection.timer !== null) clearTimeout(connection.timer)
    connection.timer = null
  }

  return {
    arrived(socket) {
      const connection: Connection = { timer: null, busy: 0 }
      connections.set(socket, connection)
      strangers.add(socket)
      within(socket, connection, headersMs)
      socket.once('close', () => {
        rest(connection)
        connections.delete(socket)
        strangers.delete(socket)
      })
      if (strangers.size > most) for (const oldest of strangers) return void oldest.destroy()
    },
    asks(request, response) {
      const { socket } = request
      const connection = connections.get(socket)
      if (connection === undefined) return
      connection.busy += 1
      const hasBody =
        request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
      if (hasBody) {
        within(socket, connection, bodyMs)
        request.once('end', () => rest(connection))
      } else rest(connection)
      response.once('close', () => {
        connection.busy -= 1
        if (isLeaving) socket.destroy()
        // The next one may have come before the answer to this one.
        else if (!socket.destroyed && connection.busy === 0) within(socket, connection, headersMs)
      })
    },
    known(socket) {
      strangers.delete(socket)
    },
    leave() {
      isLeaving = true
      for (const [socket, { busy }] of connections) if (busy === 0) socket.destroy()
    },
  }
}
