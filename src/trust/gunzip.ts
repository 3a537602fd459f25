import {
  createInflateRaw,
  inflateRawSync,
  type InflateRaw,
  type InputType,
  type ZlibOptions,
} from 'node:zlib'
import { tooLarge, unsafe } from './archive-errors.ts'
import { crc32 } from './crc32.ts'

const headerBytes = 10
const trailerBytes = 8
const nameFlag = 0x08
const maxNameBytes = 1024
const ratioFreeBytes = 1024 * 1024
const inputBytes = 64 * 1024
const outputBytes = 128 * 1024
/** The second is an option of every stream, which the types of zlib leave out. */
const inflateOptions = { chunkSize: outputBytes, readableHighWaterMark: 2 * outputBytes }

/**
 * Unpacks exactly one gzip member (RFC 1952) with nothing after it. Node's own gunzip goes on with a second member
 * and ignores zeros behind the last, where other readers stop or fail: two programs would see two archives.
 * Unpacking runs ahead of the consumer, in the system's thread pool, by less than half a MiB.
 * @throws SkilletError ARCHIVE_UNSAFE; TOO_LARGE when it unpacks to more than `maxRatio` times its size; what `source`
 *   throws passes through
 */
export async function* gunzipOne(
  source: AsyncIterable<Uint8Array>,
  maxRatio: number,
): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw(inflateOptions)
  const input = { packed: 0 }
  let unpacked = 0
  let crc = 0
  const feeding = feed(source, inflate, input)
  feeding.catch((error: Error) => inflate.destroy(error))
  try {
    for await (const bytes of inflate as AsyncIterable<Buffer>) {
      unpacked += bytes.length
      if (unpacked > ratioFreeBytes && unpacked > input.packed * maxRatio)
        throw tooLarge(`it unpacks to more than ${maxRatio} times its size`)
      crc = crc32(bytes, crc)
      yield bytes
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error
    throw unsafe('its compressed data is damaged', error)
  } finally {
    inflate.destroy()
  }
  assertTrailer(await feeding, crc, unpacked)
}

/** What `info: true` gives. */
type InflateInfo = (
  packed: InputType,
  options: ZlibOptions,
) => { buffer: Buffer; engine: { bytesWritten: number } }

/**
 * The same for one in memory that unpacks to at most `maxBytes`, at once: for a few hundred KiB, setting up a stream
 * takes several times as long.
 * @throws SkilletError ARCHIVE_UNSAFE; TOO_LARGE also beyond `maxBytes`
 */
export function gunzipWhole(packed: Buffer, maxRatio: number, maxBytes: number): Buffer {
  const start = headerLength(packed)
  if (start === null) throw unsafe('it is cut short')
  const limit = Math.min(maxBytes, Math.max(ratioFreeBytes, packed.length * maxRatio))
  const { buffer: unpacked, engine } = inflateWhole(packed.subarray(start), limit)
  const trailer = packed.subarray(start + engine.bytesWritten)
  if (trailer.length > trailerBytes) throw unsafe('something follows its end')
  if (trailer.length < trailerBytes) throw unsafe('it is cut short')
  assertTrailer(trailer, crc32(unpacked), unpacked.length)
  return unpacked
}

function inflateWhole(packed: Buffer, maxOutputLength: number): ReturnType<InflateInfo> {
  try {
    return (inflateRawSync as unknown as InflateInfo)(packed, { info: true, maxOutputLength })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(`it unpacks to more than ${maxOutputLength} bytes`)
    if (code === 'Z_BUF_ERROR') throw unsafe('it is cut short', error)
    if (code?.startsWith('Z_') !== true) throw error
    throw unsafe('its compressed data is damaged', error)
  }
}

/** RFC 1952 §2.3.1: CRC-32 and size of what was packed. */
function assertTrailer(trailer: Buffer, crc: number, size: number): void {
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size % 2 ** 32)
    throw unsafe('its checksum is wrong')
}

/** Feeds what lies between a member's header and its trailer to `inflate`. Returns the trailer, 8 bytes. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  inflate: InflateRaw,
  input: { packed: number },
): Promise<Buffer> {
  /** Header before the deflate stream, trailer behind it; both may be cut anywhere by the source. */
  let outside: Buffer = Buffer.alloc(0)
  let inHeader = true
  let ended = false
  let fed = 0
  for await (const chunk of source) {
    input.packed += chunk.length
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (inHeader) {
      outside = Buffer.concat([outside, rest])
      const length = headerLength(outside)
      if (length === null) continue
      inHeader = false
      rest = outside.subarray(length)
      outside = Buffer.alloc(0)
    }
    while (rest.length > 0 && !ended) {
      const slice = rest.subarray(0, inputBytes)
      fed += slice.length
      await write(inflate, slice)
      // Whatever it leaves lies behind the end of the deflate stream; a trailer must follow, so some is always left.
      const left = fed - inflate.bytesWritten
      ended = left > 0
      rest = rest.subarray(slice.length - left)
    }
    if (ended) outside = Buffer.concat([outside, rest])
    if (outside.length > trailerBytes && ended) throw unsafe('something follows its end')
  }
  if (!ended || outside.length < trailerBytes) throw unsafe('it is cut short')
  return outside
}

/** Writes one piece, and waits until it has been taken. */
async function write(inflate: InflateRaw, slice: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = () => {
      inflate.off('close', settle)
      resolve()
    }
    // The callback never comes when the consumer has given up.
    inflate.once('close', settle)
    inflate.write(slice, settle)
  })
  if (inflate.destroyed) throw unsafe('reading was given up')
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
