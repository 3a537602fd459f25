import type { Socket } from 'node:dgram'
import { directAddress } from './direct-hosts.ts'
import type { EgressLog } from './egress.ts'

const noSuchName = 3
const addressRecord = 1

/**
 * Answers whoever looks up names inside the sandbox (RFC 1035): an approved host by the address that stands for it
 * there, any other by "no such name", which the receipt then names. Nothing is ever asked outside.
 */
export function serveNames(socket: Socket, hosts: readonly string[], log: EgressLog): () => void {
  socket.on('message', (query, from) => {
    const question = readQuestion(query)
    if (question === null) return
    const address = directAddress(hosts, question.name)
    if (address === null) log.onRefused(question.name, 'You never allowed it; nothing was sent.')
    socket.send(answerTo(query, question, address), from.port, from.address, () => {})
  })
  // The skill's lookups then end by themselves.
  socket.on('error', () => socket.close())
  return () => socket.close()
}

interface Question {
  readonly name: string
  readonly type: number
  /** Where the question ends. */
  readonly end: number
}

/** The one question of a plain query; null for anything else. */
function readQuestion(query: Buffer): Question | null {
  try {
    // A query, of the standard kind, with one question.
    if ((query.readUInt16BE(2) & 0xf800) !== 0 || query.readUInt16BE(4) !== 1) return null
    const labels: string[] = []
    let at = 12
    for (;;) {
      const length = query.readUInt8(at++)
      if (length === 0) break
      // No pointers in a question, and no name beyond the 255 bytes of §2.3.4.
      if (length > 63 || at + length > 12 + 255) return null
      const label = query.toString('latin1', at, at + length)
      if (label.length < length || !/^[a-zA-Z0-9_-]+$/.test(label)) return null
      labels.push(label)
      at += length
    }
    return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at), end: at + 4 }
  } catch {
    // Reading past the end.
    return null
  }
}

function answerTo(query: Buffer, { type, end }: Question, address: string | null): Buffer {
  const found = address !== null && type === addressRecord
  const head = Buffer.from(query.subarray(0, 12))
  const recursionDesired = query.readUInt16BE(2) & 0x0100
  head.writeUInt16BE(0x8480 | recursionDesired | (address === null ? noSuchName : 0), 2)
  head.writeUInt16BE(found ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  const parts = [head, query.subarray(12, end)]
  // The name as a pointer to the question's; valid for a second.
  if (found)
    parts.push(Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]))
  return Buffer.concat(parts)
}
