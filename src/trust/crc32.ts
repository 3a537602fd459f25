import zlib from 'node:zlib'

const makeTable = () =>
  Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value
  })

// Absent in Node 18, for all that its types say.
const native = zlib.crc32 as typeof zlib.crc32 | undefined
const table = native === undefined ? makeTable() : null

/** CRC-32 of RFC 1952 §8, continued from `previous` (0 to begin). */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return native === undefined ? portableCrc32(bytes, previous) : native(bytes, previous)
}

/** Where Node brings none. */
export function portableCrc32(bytes: Uint8Array, previous = 0): number {
  const entries = table ?? makeTable()
  let crc = ~previous
  for (const byte of bytes) crc = entries[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
