import { tooLarge, unsafe } from './archive-errors.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { createNameSet } from './entry-name.ts'
import { checkGlobalPax, readPax, type PaxOverrides } from './pax.ts'
import { blockBytes, decodeUtf8, isZero, readTarHeader, type TarHeader } from './tar-header.ts'

const maxMetaBytes = 64 * 1024
/** `tar` pads its output to whole records of 10 KiB; nobody needs more. */
const maxEndPadding = 1024 * 1024

export interface TarEntry {
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly size: number
  readonly executable: boolean
}

/**
 * Reads the unpacked bytes of an archive ahead of the `tar` package and stops at the first thing that a skill has no
 * use for. `entries` grows as headers pass; the caller holds the `tar` package to exactly these.
 * All methods throw SkilletError ARCHIVE_UNSAFE or TOO_LARGE.
 */
export interface TarCheck {
  /** Returns the bytes that have been checked and may go on to the next reader: whole blocks. */
  push(chunk: Uint8Array): Uint8Array
  finish(): void
  readonly entries: readonly TarEntry[]
}

export function createTarCheck(limits: ArchiveLimits): TarCheck {
  const entries: TarEntry[] = []
  const names = createNameSet()
  let total = 0
  let headers = 0
  let pending: Buffer = Buffer.alloc(0)
  /** Bytes of a file's body that are still to come, without padding. */
  let body = 0
  /** Whole blocks of a meta header's body, and its size. */
  let meta: { type: TarHeader['type']; size: number; parts: Buffer[]; missing: number } | null = null
  /** What a meta header says about the entry that must follow at once. */
  let override: (PaxOverrides & { by: TarHeader['type'] }) | null = null
  let zeroBlocks = 0

  function block(bytes: Buffer): void {
    if (body > 0) return bodyBlock(bytes)
    if (meta !== null) return metaBlock(bytes)
    if (isZero(bytes)) {
      if (override !== null) throw unsafe('a header announces an entry that never comes')
      zeroBlocks++
      if ((zeroBlocks - 2) * blockBytes > maxEndPadding) throw tooLarge('it has too much padding')
      return
    }
    if (zeroBlocks > 0) throw unsafe('something follows its end')
    header(readTarHeader(bytes))
  }

  function bodyBlock(bytes: Buffer): void {
    if (body < blockBytes && !isZero(bytes.subarray(body))) throw unsafe('something hides behind a file')
    body = Math.max(0, body - blockBytes)
  }

  function metaBlock(bytes: Buffer): void {
    const { type, size, parts } = meta!
    parts.push(Buffer.from(bytes))
    meta!.missing -= blockBytes
    if (meta!.missing > 0) return
    const all = Buffer.concat(parts)
    if (!isZero(all.subarray(size))) throw unsafe('something hides behind a header')
    const content = all.subarray(0, size)
    meta = null
    if (type === 'pax-global') checkGlobalPax(content)
    else if (type === 'pax') override = { ...readPax(content), by: type }
    else override = { path: gnuName(content), size: null, by: type }
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
    if (path.endsWith('/') !== head.path.endsWith('/') && kind === 'file')
      throw unsafe('two headers disagree about what an entry is')
    // A reader that doesn't know pax would follow the name that the override hides.
    if (override !== null && (head.path.startsWith('/') || head.path.split(/[/\\]/).includes('..')))
      throw unsafe('two programs would read it differently')
    override = null
    if (entries.length >= limits.maxEntries) throw tooLarge(`it has more than ${limits.maxEntries} entries`)
    if (head.size > limits.maxFileBytes)
      throw tooLarge(`a file in it has more than ${limits.maxFileBytes} bytes`)
    total += head.size
    if (total > limits.maxTotalBytes) throw tooLarge(`its files have more than ${limits.maxTotalBytes} bytes`)
    const plain = plainPath(path, kind)
    if (plain !== null) {
      const problem = names.add(plain, kind)
      if (problem !== null) throw unsafe(`the name ${JSON.stringify(plain.slice(0, 200))} ${problem}`)
    }
    entries.push({ path: plain ?? '.', kind, size: head.size, executable: head.executable })
    body = head.size
  }

  return {
    entries,
    push(chunk) {
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      if (pending.length > 0) rest = Buffer.concat([pending, rest])
      let at = 0
      while (rest.length - at >= blockBytes) {
        // Whole blocks of a body need no look.
        const skip =
          body > blockBytes
            ? Math.min(body, rest.length - at) - (Math.min(body, rest.length - at) % blockBytes)
            : 0
        if (skip > 0) {
          body -= skip
          at += skip
          continue
        }
        block(rest.subarray(at, at + blockBytes))
        at += blockBytes
      }
      pending = Buffer.from(rest.subarray(at))
      return rest.subarray(0, at)
    },
    finish() {
      if (zeroBlocks < 2 || pending.length > 0) throw unsafe('it is cut short')
      if (!entries.some((found) => found.kind === 'file')) throw unsafe('there is no file in it')
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
