import { tooLarge, unsafe } from './archive-errors.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { createNameSet } from './entry-name.ts'
import { checkGlobalPax, readPax, type PaxOverrides } from './pax.ts'
import { blockBytes, decodeUtf8, isZero, readTarHeader, type TarHeader } from './tar-header.ts'

const maxMetaBytes = 64 * 1024
/** `tar` pads its output to whole records of 10 KiB; nobody needs more. */
const maxEndPadding = 1024 * 1024

export interface TarEntry {
  /** Relative, NFC and safe on every platform; `.` for the top folder. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  /** Bytes. */
  readonly size: number
  readonly executable: boolean
}

/** What hears of an archive's parts as they pass. */
export interface TarSink {
  /** A header has been checked. */
  entry(entry: TarEntry): void
  /** The next piece of the last entry's body, a view of what was pushed; `size` bytes in all, none for an empty file. */
  bytes(bytes: Buffer): void
}

/**
 * Reads an unpacked archive piece by piece and stops at the first thing that a skill has no use for. Memory stays
 * bounded whatever the archive claims. Both methods throw SkilletError ARCHIVE_UNSAFE or TOO_LARGE, and what the sink
 * throws.
 */
export interface TarReader {
  push(chunk: Uint8Array): void
  /** There is no more. */
  finish(): void
}

export function createTarReader(limits: ArchiveLimits, sink: TarSink): TarReader {
  const names = createNameSet()
  let entries = 0
  let files = 0
  let total = 0
  let headers = 0
  /** A header block that the pieces cut in two. */
  const partial = Buffer.alloc(blockBytes)
  let partialBytes = 0
  /** Bytes of a file's body that are still to come, and of what fills up its last block. */
  let body = 0
  let padding = 0
  /** Whole blocks of a meta header's body, and its size. */
  let meta: { type: TarHeader['type']; size: number; parts: Buffer[]; missing: number } | null = null
  /** What a meta header says about the entry that must follow at once. */
  let override: PaxOverrides | null = null
  let zeroBlocks = 0
  let hasTop = false

  function block(bytes: Buffer): void {
    if (meta !== null) return metaBlock(bytes, meta)
    if (isZero(bytes)) {
      if (override !== null) throw unsafe('a header announces an entry that never comes')
      zeroBlocks++
      if ((zeroBlocks - 2) * blockBytes > maxEndPadding) throw tooLarge('it has too much padding')
      return
    }
    if (zeroBlocks > 0) throw unsafe('something follows its end')
    header(readTarHeader(bytes))
  }

  function metaBlock(bytes: Buffer, current: NonNullable<typeof meta>): void {
    current.parts.push(Buffer.from(bytes))
    current.missing -= blockBytes
    if (current.missing > 0) return
    const { type, size, parts } = current
    const all = Buffer.concat(parts)
    if (!isZero(all.subarray(size))) throw unsafe('something hides behind a header')
    const content = all.subarray(0, size)
    meta = null
    if (type === 'pax-global') checkGlobalPax(content)
    else if (type === 'pax') override = readPax(content)
    else override = { path: gnuName(content), size: null }
  }

  function header(head: TarHeader): void {
    if (++headers > limits.maxEntries * 2) throw tooLarge(`it has more than ${limits.maxEntries} entries`)
    if (head.type === 'file' || head.type === 'folder') return entry(head, head.type)
    if (override !== null) throw unsafe('two headers describe one entry')
    if (head.type === 'pax-global' && headers > 1)
      throw unsafe('it has a header that would change every entry')
    if (head.size === 0) throw unsafe('an extended header is malformed')
    if (head.size > maxMetaBytes) throw tooLarge('one of its headers is too long')
    meta = { type: head.type, size: head.size, parts: [], missing: head.size }
  }

  function entry(head: TarHeader, kind: 'file' | 'folder'): void {
    const path = override?.path ?? head.path
    if ((override?.size ?? head.size) !== head.size)
      throw unsafe('two headers disagree about the size of a file')
    // A long name of a folder may be cut off before its slash; nothing else takes one away, or adds one to a file.
    const [slash, headSlash] = [path.endsWith('/'), head.path.endsWith('/')]
    if ((headSlash && !slash) || (slash && !headSlash && kind === 'file'))
      throw unsafe('two headers disagree about what an entry is')
    // A reader that doesn't know pax would follow the name that the override hides.
    if (override !== null && (head.path.startsWith('/') || head.path.split(/[/\\]/).includes('..')))
      throw unsafe('two programs would read it differently')
    override = null
    if (++entries > limits.maxEntries) throw tooLarge(`it has more than ${limits.maxEntries} entries`)
    if (head.size > limits.maxFileBytes)
      throw tooLarge(`a file in it has more than ${limits.maxFileBytes} bytes`)
    total += head.size
    if (total > limits.maxTotalBytes) throw tooLarge(`its files have more than ${limits.maxTotalBytes} bytes`)
    const plain = plainPath(path, kind)
    if (plain === null) {
      if (hasTop) throw unsafe('its top folder appears twice')
      hasTop = true
    } else {
      const problem = names.add(plain, kind)
      if (problem !== null) throw unsafe(`the name ${JSON.stringify(plain.slice(0, 200))} ${problem}`)
    }
    if (kind === 'file') files++
    body = head.size
    padding = -head.size & (blockBytes - 1)
    sink.entry({ path: plain ?? '.', kind, size: head.size, executable: head.executable })
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      for (let at = 0; at < bytes.length;) {
        const left = bytes.length - at
        if (body > 0) {
          const length = Math.min(body, left)
          body -= length
          sink.bytes(bytes.subarray(at, at + length))
          at += length
        } else if (padding > 0) {
          const length = Math.min(padding, left)
          padding -= length
          if (!isZero(bytes.subarray(at, at + length))) throw unsafe('something hides behind a file')
          at += length
        } else if (partialBytes === 0 && left >= blockBytes) {
          block(bytes.subarray(at, at + blockBytes))
          at += blockBytes
        } else {
          const length = bytes.copy(partial, partialBytes, at, at + blockBytes - partialBytes)
          partialBytes += length
          at += length
          if (partialBytes < blockBytes) continue
          partialBytes = 0
          block(partial)
        }
      }
    },
    finish() {
      if (zeroBlocks < 2 || partialBytes > 0) throw unsafe('it is cut short')
      if (files === 0) throw unsafe('there is no file in it')
    },
  }
}

/** Without the `./` that `tar -C folder .` writes and a folder's last slash; null for the top folder itself. */
export function plainPath(path: string, kind: 'file' | 'folder'): string | null {
  let plain = path.startsWith('./') ? path.slice(2) : path
  if (kind === 'folder' && plain.endsWith('/')) plain = plain.slice(0, -1)
  return kind === 'folder' && (plain === '' || plain === '.') && path !== '/' ? null : plain
}

function gnuName(content: Buffer): string {
  const end = content.indexOf(0)
  if (end >= 0 && !isZero(content.subarray(end))) throw unsafe('a name goes on behind its end')
  return decodeUtf8(end < 0 ? content : content.subarray(0, end))
}
