import { unsafe } from './archive-errors.ts'

export const blockBytes = 512

/** One header block, every field checked for having one meaning only. `path` still may be overridden by pax. */
export interface TarHeader {
  readonly type: 'file' | 'folder' | 'pax' | 'pax-global' | 'gnu-name'
  readonly path: string
  /** Bytes of body that follow. */
  readonly size: number
  readonly executable: boolean
}

const modeBits = 0o7777
const setIdBits = 0o7000
const metaTypes: Partial<Record<string, TarHeader['type']>> = { x: 'pax', g: 'pax-global', L: 'gnu-name' }

/**
 * Reads one 512-byte header (POSIX.1-1988 ustar, GNU, or the older v7 form).
 * @throws SkilletError ARCHIVE_UNSAFE for links, devices, sparse files, volume labels and whatever else isn't a plain
 *   file or folder, for setuid modes, wrong checksums, and fields that two readers could read differently, be they used
 *   or not
 */
export function readTarHeader(block: Buffer): TarHeader {
  checkSum(block)
  const format = formatOf(block)
  checkUnused(block, format)
  const flag = String.fromCharCode(block[156]!)
  const linkName = text(block, 157, 100)
  if (linkName !== '') throw unsafe('it contains a link')
  const size = octal(block, 124, 12)
  const mode = octal(block, 100, 8)
  if (mode > modeBits) throw unsafe('a number in a header is malformed')
  if ((mode & setIdBits) !== 0) throw unsafe('it contains a program that would run as somebody else')
  // Nobody looks at the name of an extended header, and packers cut it off in the middle of a character.
  if (metaTypes[flag] !== undefined) return { type: metaTypes[flag], path: '', size, executable: false }
  const name = text(block, 0, 100)
  const prefix = format === 'ustar' ? text(block, 345, 155) : ''
  const path = prefix === '' ? name : `${prefix}/${name}`
  const type = typeOf(flag, path)
  if (type === 'folder' && size !== 0) throw unsafe('it contains a folder with a body')
  return { type, path, size, executable: (mode & 0o100) !== 0 }
}

function typeOf(flag: string, path: string): 'file' | 'folder' {
  switch (flag) {
    case '0':
    case '\0':
      // v7 had no type for folders: a name that ends in a slash is one.
      return path.endsWith('/') ? 'folder' : 'file'
    case '5':
      return 'folder'
    case '1':
    case '2':
    case 'K':
      throw unsafe('it contains a link')
    default:
      throw unsafe('it contains something that is neither a file nor a folder')
  }
}

function checkSum(block: Buffer): void {
  let sum = 8 * 0x20
  for (let at = 0; at < blockBytes; at++) if (at < 148 || at >= 156) sum += block[at]!
  if (octal(block, 148, 8) !== sum) throw unsafe('the checksum of a header is wrong')
}

function formatOf(block: Buffer): 'ustar' | 'gnu' | 'v7' {
  const magic = block.toString('latin1', 257, 265)
  const format =
    magic === 'ustar\x0000' ? 'ustar' : magic === 'ustar  \0' ? 'gnu' : magic === '\0'.repeat(8) ? 'v7' : null
  if (format === null) throw unsafe('a header is of an unknown kind')
  // Only ustar has a prefix here, and readers disagree about what the others have: it must be nothing.
  const unused = format === 'ustar' ? 500 : 345
  if (!isZero(block.subarray(unused))) throw unsafe('a header has data in unused places')
  return format
}

/** Owners, times and devices bear on nothing that is extracted; what other programs trip over is refused all the same. */
function checkUnused(block: Buffer, format: ReturnType<typeof formatOf>): void {
  const devices = format === 'v7' ? [] : ([329, 337] as const)
  for (const at of [108, 116, ...devices]) octal(block, at, 8)
  octal(block, 136, 12)
  // The name of an extended header, which may be cut off in the middle of a character; names of the owner and group.
  for (const [at, length] of [
    [0, 100],
    [265, 32],
    [297, 32],
  ] as const)
    terminated(block, at, length)
}

/** UTF-8 up to the first NUL, with nothing but NULs behind it. */
function text(block: Buffer, at: number, length: number): string {
  return decodeUtf8(terminated(block, at, length))
}

function terminated(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  if (end >= 0 && !isZero(field.subarray(end))) throw unsafe('a name goes on behind its end')
  return end < 0 ? field : field.subarray(0, end)
}

/** Octal digits, padded with spaces before and spaces or NULs behind. Base-256 and signs are never needed here. */
function octal(block: Buffer, at: number, length: number): number {
  const field = block.toString('latin1', at, at + length)
  const digits = /^ *([0-7]*)[ \0]*$/.exec(field)?.[1]
  if (digits === undefined) throw unsafe('a number in a header is malformed')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (error) {
    throw unsafe('a name is not readable text', error)
  }
}

const zeros = Buffer.alloc(blockBytes)

export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += blockBytes)
    if (
      zeros.compare(
        bytes,
        at,
        Math.min(at + blockBytes, bytes.length),
        0,
        Math.min(blockBytes, bytes.length - at),
      ) !== 0
    )
      return false
  return true
}
