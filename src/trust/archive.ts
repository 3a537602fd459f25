import { Parser, type ReadEntry } from 'tar'
import { unsafe } from './archive-errors.ts'
import { skillLimits, type ArchiveLimits } from './archive-limits.ts'
import { gunzipOne } from './gunzip.ts'
import { createTarCheck, plainPath, type TarEntry } from './tar-check.ts'

/** One file of an archive. `path` is relative, NFC, and safe on every platform; `size` in bytes. */
export interface ArchiveFile {
  readonly path: string
  readonly size: number
  readonly executable: boolean
}

export interface ArchiveEntry extends ArchiveFile {
  readonly content: Uint8Array
}

/**
 * The one reader for every archive: a single gzip member that holds plain files and folders and nothing else.
 * Two readers look at each byte, our own header check and the `tar` package in strict mode, and must agree on every
 * entry. `onFile` gets the files in order, one at a time, each body as a stream of exactly `size` bytes; folders
 * follow from the paths. Memory stays bounded whatever the archive claims.
 * What `onFile` has done by the time a later entry is refused is the caller's to undo.
 * @throws SkilletError ARCHIVE_UNSAFE, TOO_LARGE; what `onFile` throws passes through
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  onFile: (file: ArchiveFile, body: AsyncIterable<Uint8Array>) => Promise<void>,
  limits: ArchiveLimits = skillLimits,
): Promise<void> {
  await readTar(gunzipOne(source, limits.maxRatio), onFile, limits)
}

/** The same for an archive that isn't compressed, such as a `.skillet` bundle. */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  onFile: (file: ArchiveFile, body: AsyncIterable<Uint8Array>) => Promise<void>,
  limits: ArchiveLimits,
): Promise<void> {
  const check = createTarCheck(limits)
  const consumer = createConsumer(check.entries, onFile)
  try {
    for await (const bytes of source) {
      await consumer.write(check.push(bytes))
    }
    check.finish()
    await consumer.end()
  } catch (error) {
    consumer.abandon()
    throw error
  }
}

/** All files of an archive in memory, for review and packing; never for untrusted sizes beyond `limits`. */
export async function readArchiveEntries(
  bytes: Uint8Array,
  limits: ArchiveLimits = skillLimits,
): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = []
  const keep = async (file: ArchiveFile, body: AsyncIterable<Uint8Array>) => {
    entries.push({ ...file, content: await collect(body) })
  }
  await readArchive(chunksOf(bytes), keep, limits)
  return entries
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

/** Bytes in memory as a source, in pieces of 64 KiB. */
export async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const step = 64 * 1024
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
}

/** Runs the `tar` package's parser, holds it to `expected`, and hands its files to `onFile` one after the other. */
function createConsumer(
  expected: readonly TarEntry[],
  onFile: (file: ArchiveFile, body: AsyncIterable<Uint8Array>) => Promise<void>,
) {
  let failure: { error: unknown } | null = null
  let wake: () => void = () => undefined
  let seen = 0
  let work: Promise<void> = Promise.resolve()
  const fail = (error: unknown) => {
    failure ??= { error }
    wake()
  }
  const parser = new Parser({ strict: true, onReadEntry: take })
  parser.on('error', (error: unknown) => fail(unsafe('it is not a proper tar archive', error)))
  parser.on('ignoredEntry', () => fail(unsafe('it contains something that is neither a file nor a folder')))

  function take(entry: ReadEntry): void {
    const entryExpected = expected[seen++]
    if (entryExpected === undefined || !agrees(entryExpected, entry)) {
      entry.resume()
      return fail(unsafe('two programs would read it differently'))
    }
    if (entryExpected.kind === 'folder') {
      entry.resume()
      return
    }
    const { path, size, executable } = entryExpected
    work = work
      .then(async () => {
        if (failure === null) await onFile({ path, size, executable }, entry)
        if (!entry.emittedEnd) entry.resume()
      })
      .catch(fail)
  }

  const next = (event: 'drain' | 'end') =>
    new Promise<void>((resolve) => {
      parser.once(event, () => resolve())
    })

  /** Waits for `promise` unless something fails first. */
  async function orFailure(promise: Promise<unknown>): Promise<void> {
    const failed = new Promise<void>((resolve) => {
      wake = resolve
      if (failure !== null) resolve()
    })
    await Promise.race([promise, failed])
    if (failure !== null) throw failure.error
  }

  return {
    async write(bytes: Uint8Array): Promise<void> {
      if (!parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
        await orFailure(next('drain'))
      if (failure !== null) throw failure.error
    },
    async end(): Promise<void> {
      const ended = next('end')
      parser.end()
      await orFailure(ended.then(() => work))
      if (seen !== expected.length) throw unsafe('two programs would read it differently')
    },
    abandon(): void {
      failure ??= { error: unsafe('reading was given up') }
    },
  }
}

function agrees(expected: TarEntry, entry: ReadEntry): boolean {
  const kind =
    entry.type === 'Directory' ? 'folder' : entry.type === 'File' || entry.type === 'OldFile' ? 'file' : null
  return (
    kind === expected.kind &&
    (plainPath(entry.path, kind) ?? '.') === expected.path &&
    entry.size === expected.size
  )
}
