/**
 * The server name in a TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3).
 * `more`: not all of it has arrived. `none`: TLS without a server name. `other`: not TLS.
 */
export type ServerName =
  { kind: 'name'; name: string } | { kind: 'more' } | { kind: 'none' } | { kind: 'other' }

const MAX_HELLO_BYTES = 16 * 1024 + 5

export function readServerName(data: Buffer): ServerName {
  if (data.length === 0) return { kind: 'more' }
  if (data[0] !== 22) return { kind: 'other' }
  if (data.length < 5) return { kind: 'more' }
  const recordEnd = 5 + data.readUInt16BE(3)
  if (recordEnd > MAX_HELLO_BYTES) return { kind: 'other' }
  if (data.length < recordEnd) return { kind: 'more' }
  try {
    return parseHello(data.subarray(5, recordEnd))
  } catch {
    // Reading past the end: a malformed or fragmented hello. Whoever asks treats it as not allowed.
    return { kind: 'other' }
  }
}

function parseHello(hello: Buffer): ServerName {
  if (hello.readUInt8(0) !== 1) return { kind: 'other' }
  let at = 4 + 2 + 32
  at += 1 + hello.readUInt8(at)
  at += 2 + hello.readUInt16BE(at)
  at += 1 + hello.readUInt8(at)
  if (at >= hello.length) return { kind: 'none' }
  const end = at + 2 + hello.readUInt16BE(at)
  at += 2
  while (at + 4 <= end) {
    const type = hello.readUInt16BE(at)
    const length = hello.readUInt16BE(at + 2)
    if (type === 0) {
      const nameLength = hello.readUInt16BE(at + 7)
      if (hello.readUInt8(at + 6) !== 0 || at + 9 + nameLength > hello.length) return { kind: 'other' }
      return { kind: 'name', name: hello.toString('latin1', at + 9, at + 9 + nameLength).toLowerCase() }
    }
    at += 4 + length
  }
  return { kind: 'none' }
}
