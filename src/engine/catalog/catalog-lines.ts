import { SkilletError } from '../../shared/errors.ts'

const head = Buffer.from('{"schema":1,"skills":[\n')
const foot = Buffer.from(']}\n')
const newline = 0x0a
const comma = 0x2c

/**
 * Where the entries of a `catalog.json` lie, which has one on each line: entry `i` is the bytes from `starts[i]` up to
 * `starts[i + 1] - 2`. One start more than there are entries.
 * @throws SkilletError METADATA_INVALID when the frame around the entries is another one
 */
export function findEntries(bytes: Buffer): Uint32Array {
  const end = bytes.length - foot.length
  if (!bytes.subarray(0, head.length).equals(head) || end < head.length || !bytes.subarray(end).equals(foot))
    throw damagedCatalog('it is not laid out as a catalog')
  const starts: number[] = [head.length]
  for (let at = head.length; at < end;) {
    const stop = bytes.indexOf(newline, at)
    const last = stop === end - 1
    // The last line has no comma; its end is moved by one so that all ends are reckoned alike.
    if (!last && bytes[stop - 1] !== comma) throw damagedCatalog(`line ${starts.length + 1} has no end`)
    at = stop + 1
    starts.push(last ? at + 1 : at)
  }
  return Uint32Array.from(starts)
}

export function damagedCatalog(why: string, cause?: unknown): SkilletError {
  return new SkilletError('METADATA_INVALID', `The registry's catalog can't be used: ${why}.`, { cause })
}
