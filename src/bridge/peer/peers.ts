import type { Socket } from 'node:net'
import { processOf, type PeerProcess } from './process-of.ts'
import { createTcpTable, type TcpEnd } from './tcp-table.ts'

/** Who is at the other end of a connection, as far as the system says. */
export interface Peer {
  readonly transport: 'http' | 'socket'
  /** Of the person whose program it is; null where nobody can say. */
  readonly uid: number | null
  process(): Promise<PeerProcess | null>
}

/**
 * Linux tells it of connections to 127.0.0.1. Node has no call for the credentials of a Unix socket's other end: there the
 * folder lets nobody else in, and which program it is stays unknown. So it does on macOS and Windows.
 */
export function createPeers(platform: NodeJS.Platform = process.platform): (socket: Socket) => Promise<Peer> {
  const endOf = createTcpTable()
  const known = new WeakMap<Socket, Promise<Peer>>()
  const find = async (socket: Socket): Promise<Peer> => {
    const { remotePort, localPort } = socket
    const isTcp = remotePort !== undefined && localPort !== undefined
    const end: TcpEnd | null = isTcp && platform === 'linux' ? await endOf(remotePort, localPort) : null
    return {
      transport: isTcp ? 'http' : 'socket',
      uid: end?.uid ?? null,
      process: async () => (end === null ? null : processOf(end.inode)),
    }
  }
  return (socket) => {
    const found = known.get(socket) ?? find(socket)
    known.set(socket, found)
    return found
  }
}
