import { createInflateRaw } from 'node:zlib'
import { tooLarge, unsafe } from './archive-errors.ts'
import { crc32 } from './crc32.ts'

const headerBytes = 10
const trailerBytes = 8
const nameFlag = 0x08
const maxNameBytes = 1024
/** Deflate expands at most 1,032-fold, so one slice never holds more than 16 MiB of output in memory. */
const sliceBytes = 16 * 1024
const ratioFreeBytes = 1024 * 1024

/**
 * Unpacks exactly one gzip member (RFC 1952) with nothing after it. Node's own gunzip goes on with a second member
 * and ignores zeros behind the last, where other readers stop or fail: two programs would see two archives.
 * @throws SkilletError ARCHIVE_UNSAFE; TOO_LARGE when it unpacks to more than `maxRatio` times its size
 */
export async function* gunzipOne(
  source: AsyncIterable<Uint8Array>,
  maxRatio: number,
): AsyncGenerator<Uint8Array> {
  const inflater = createInflater()
  // Header before the deflate stream, trailer behind it; both may be cut anywhere by the source.
  let outside: Buffer = Buffer.alloc(0)
  let inHeader = true
  let packed = 0
  let unpacked = 0
  let crc = 0
  try {
    for await (const chunk of source) {
      packed += chunk.length
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      if (inHeader) {
        outside = Buffer.concat([outside, rest])
        const length = headerLength(outside)
        if (length === null) continue
        inHeader = false
        rest = outside.subarray(length)
        outside = Buffer.alloc(0)
      }
      for (let at = 0; at < rest.length && !inflater.ended(); at += sliceBytes) {
        const slice = rest.subarray(at, at + sliceBytes)
        const { output, left } = await inflater.feed(slice)
        for (const bytes of output) {
          unpacked += bytes.length
          if (unpacked > ratioFreeBytes && unpacked > packed * maxRatio)
            throw tooLarge(`it unpacks to more than ${maxRatio} times its size`)
          crc = crc32(bytes, crc)
          yield bytes
        }
        if (inflater.ended()) rest = rest.subarray(at + slice.length - left)
      }
      if (inflater.ended()) {
        outside = Buffer.concat([outside, rest])
        if (outside.length > trailerBytes) throw unsafe('something follows its end')
      }
    }
  } finally {
    inflater.close()
  }
  if (!inflater.ended() || outside.length < trailerBytes) throw unsafe('it is cut short')
  if (outside.readUInt32LE(0) !== crc || outside.readUInt32LE(4) !== unpacked % 2 ** 32)
    throw unsafe('its checksum is wrong')
}

/** Length of the member's header; null while more bytes are needed. The stored name is skipped, never used. */
function headerLength(bytes: Buffer): number | null {
  if (bytes.length < headerBytes) return null
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw unsafe('it is not a gzip file')
  const flags = bytes[3]!
  if ((flags & ~nameFlag) !== 0) throw unsafe('its gzip header has unusual parts')
  if ((flags & nameFlag) === 0) return headerBytes
  const end = bytes.indexOf(0, headerBytes)
  if (end > headerBytes + maxNameBytes || (end < 0 && bytes.length > headerBytes + maxNameBytes))
    throw unsafe('its gzip header is too long')
  return end < 0 ? null : end + 1
}

interface Inflater {
  /** Output of one slice, and how many of its bytes lie behind the end of the deflate stream. */
  feed(slice: Buffer): Promise<{ output: Buffer[]; left: number }>
  ended(): boolean
  close(): void
}

function createInflater(): Inflater {
  const stream = createInflateRaw()
  let output: Buffer[] = []
  let fed = 0
  let ended = false
  let failure: Error | null = null
  let settle: () => void = () => undefined
  stream.on('data', (bytes: Buffer) => output.push(bytes))
  stream.on('end', () => {
    ended = true
    settle()
  })
  stream.on('error', (error) => {
    failure = error
    settle()
  })
  return {
    async feed(slice) {
      fed += slice.length
      // At the end of the deflate stream Node never calls the write's callback; then `end` tells.
      await new Promise<void>((resolve) => {
        settle = resolve
        stream.write(slice, () => setImmediate(resolve))
      })
      if (failure !== null) throw unsafe('its compressed data is damaged', failure)
      const ready = output
      output = []
      return { output: ready, left: fed - stream.bytesWritten }
    },
    ended: () => ended,
    close: () => stream.destroy(),
  }
}
