import { setImmediate } from 'node:timers/promises'
import { Parser, type ReadEntry } from 'tar'
import { unsafe } from './archive-errors.ts'
import type { ArchiveEntry } from './archive.ts'
import { plainPath } from './tar-reader.ts'

/**
 * Has the `tar` package, in strict mode, read the same packed archive, and holds it to the same files with the same
 * content in the same order.
 * @throws SkilletError ARCHIVE_UNSAFE when the two differ about anything
 */
export async function assertReadTheSame(
  packed: AsyncIterable<Uint8Array>,
  expected: readonly ArchiveEntry[],
): Promise<void> {
  let problem: Error | null = null
  let seen = 0
  const differs = (cause?: unknown) => (problem ??= unsafe('two programs would read it differently', cause))

  function take(entry: ReadEntry): void {
    if (entry.type === 'Directory') return entry.resume()
    const wanted = expected[seen++]
    if (
      wanted === undefined ||
      (entry.type !== 'File' && entry.type !== 'OldFile') ||
      plainPath(entry.path, 'file') !== wanted.path ||
      entry.size !== wanted.size
    )
      differs()
    let at = 0
    entry.on('data', (bytes: Buffer) => {
      if (wanted !== undefined && !bytes.equals(wanted.content.subarray(at, at + bytes.length))) differs()
      at += bytes.length
    })
    entry.on('end', () => {
      if (at !== wanted?.size) differs()
    })
  }

  const parser = new Parser({ strict: true, onReadEntry: take })
  parser.on('ignoredEntry', () => differs())
  const ended = new Promise<void>((resolve) => {
    parser.on('end', resolve)
    parser.on('error', (error: unknown) => {
      differs(error)
      resolve()
    })
  })
  for await (const bytes of packed) {
    if (problem !== null) break
    parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    // It unpacks where it stands; others get their turn in between.
    await setImmediate()
  }
  if (problem === null) {
    parser.end()
    await ended
  }
  if (seen !== expected.length) differs()
  if (problem !== null) throw problem
}
