import { unsafe } from './archive-errors.ts'
import { decodeUtf8 } from './tar-header.ts'

/** Keys without any bearing on what is extracted: times, owners and remarks are all ignored. */
const harmless = new Set([
  'atime',
  'comment',
  'ctime',
  'gid',
  'gname',
  'LIBARCHIVE.creationtime',
  'mtime',
  'uid',
  'uname',
])

/** What a pax header may change about the next entry. */
export interface PaxOverrides {
  readonly path: string | null
  readonly size: number | null
}

/**
 * Reads pax records (POSIX.1-2001: `LENGTH KEY=VALUE\n`), each exactly as long as it says and no key twice.
 * @throws SkilletError ARCHIVE_UNSAFE for malformed records and for keys that make links, sparse files, attributes or
 *   anything else but a plain file with a long name
 */
export function readPax(bytes: Buffer): PaxOverrides {
  let path: string | null = null
  let size: number | null = null
  for (const [key, value] of records(bytes)) {
    // An empty one would bring the header's own back, or leave the entry without any.
    if (key === 'path' && value === '') throw malformed()
    if (key === 'path') path = value
    else if (key === 'size') size = wholeNumber(value)
    else if (!harmless.has(key))
      throw unsafe(`it uses an extension that is not allowed (${key.slice(0, 40)})`)
  }
  return { path, size }
}

/** A header for the whole archive may carry a remark, as `git archive` does, and nothing that changes an entry. */
export function checkGlobalPax(bytes: Buffer): void {
  for (const key of records(bytes).keys())
    if (key !== 'comment') throw unsafe('it has a header that would change every entry')
}

function records(bytes: Buffer): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const lengthText = space < 0 ? '' : bytes.toString('latin1', at, space)
    if (!/^[1-9][0-9]{0,8}$/.test(lengthText)) throw malformed()
    const end = at + Number(lengthText)
    if (end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) throw malformed()
    const record = decodeUtf8(bytes.subarray(space + 1, end - 1))
    const equals = record.indexOf('=')
    if (equals <= 0 || record.includes('\0')) throw malformed()
    const key = record.slice(0, equals)
    if (found.has(key)) throw malformed()
    found.set(key, record.slice(equals + 1))
    at = end
  }
  return found
}

function wholeNumber(text: string): number {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text)) throw malformed()
  return Number(text)
}

function malformed() {
  return unsafe('an extended header is malformed')
}
