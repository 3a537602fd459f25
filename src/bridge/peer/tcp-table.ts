import { createReadStream } from 'node:fs'

/** One end of a connection, as the kernel knows it. */
export interface TcpEnd {
  readonly uid: number
  readonly inode: string
}

/** `0100007F` is 127.0.0.1 with its bytes turned, once more as IPv6 writes it for programs that only open such sockets. */
const loopback = ['0100007F', '0000000000000000FFFF00000100007F']

/**
 * Finds the other end of a loopback connection in `/proc/net/tcp` (proc(5)): fields are number, local address, remote
 * address, state, queues, timer, retransmits, uid, timeout, inode; addresses and ports in hexadecimal.
 */
export function findTcpEnd(table: string, clientPort: number, serverPort: number): TcpEnd | null {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
  for (const address of loopback) {
    const ends = `${address}:${hex(clientPort)} ${address}:${hex(serverPort)} `
    const at = table.indexOf(ends)
    if (at < 0) continue
    const line = table.slice(at, table.indexOf('\n', at))
    const [, , , , , , uid, , inode] = line.trim().split(/\s+/)
    // 0 once the program has closed it.
    if (uid !== undefined && inode !== undefined && inode !== '0') return { uid: Number(uid), inode }
  }
  return null
}

/** Both tables at once: a client may hold an IPv6 socket. Those who ask while they are read share the next reading. */
export function createTcpTable(): (clientPort: number, serverPort: number) => Promise<TcpEnd | null> {
  let reading: Promise<string> | null = null
  let next: Promise<string> | null = null
  const read = async () => {
    const parts = await Promise.all(
      ['tcp', 'tcp6'].map((name) => readTable(`/proc/net/${name}`).catch(() => '')),
    )
    return parts.join('\n')
  }
  // One that is under way may have passed the place of a connection that was made since.
  const table = (): Promise<string> => {
    if (reading === null) {
      const mine = read().finally(() => (reading = null))
      reading = mine
      return mine
    }
    next ??= reading.then(() => {
      next = null
      return table()
    })
    return next
  }
  return async (clientPort, serverPort) => findTcpEnd(await table(), clientPort, serverPort)
}

/** The kernel gives a page at a time, which Node 18's `readFile` takes for all there is. */
async function readTable(path: string): Promise<string> {
  let text = ''
  for await (const part of createReadStream(path, 'latin1')) text += part as string
  return text
}
