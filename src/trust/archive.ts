import { skillLimits, type ArchiveLimits } from './archive-limits.ts'
import { gunzipOne } from './gunzip.ts'
import { createTarReader, type TarEntry } from './tar-reader.ts'

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
 * The one reader for every archive: a single gzip member that holds plain files and folders and nothing else. `onFile`
 * gets the files in order, one at a time, each body as a stream of exactly `size` bytes, which it may leave unread;
 * folders follow from the paths. Memory stays bounded whatever the archive claims.
 * What `onFile` has done by the time a later entry is refused is the caller's to undo.
 * @throws SkilletError ARCHIVE_UNSAFE, TOO_LARGE; what `onFile` and `source` throw passes through
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
  const parts = tarParts(source, limits)
  try {
    for (let part = await parts.next(); part.done !== true; part = await parts.next()) {
      const { path, kind, size, executable } = part.value as TarEntry
      if (kind === 'folder') continue
      let left = size
      const body = async function* () {
        while (left > 0) {
          const bytes = (await parts.next()).value as Uint8Array
          left -= bytes.length
          yield bytes
        }
      }
      await onFile({ path, size, executable }, body())
      while (left > 0) left -= ((await parts.next()).value as Uint8Array).length
    }
  } finally {
    await parts.return()
  }
}

/**
 * The files of an archive that isn't compressed and lies in memory whole, in order; the contents are views of it.
 * @throws SkilletError ARCHIVE_UNSAFE, TOO_LARGE
 */
export function readWholeTar(bytes: Uint8Array, limits: ArchiveLimits): ArchiveEntry[] {
  const files: { path: string; size: number; executable: boolean; content: Uint8Array }[] = []
  const reader = createTarReader(limits, {
    entry({ kind, path, size, executable }) {
      if (kind === 'file') files.push({ path, size, executable, content: new Uint8Array() })
    },
    // Everything is pushed at once, so each body is one piece.
    bytes(content) {
      files.at(-1)!.content = content
    },
  })
  reader.push(bytes)
  reader.finish()
  return files
}

/** Each entry, and behind each file its body in pieces. */
async function* tarParts(
  source: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
): AsyncGenerator<TarEntry | Uint8Array, void> {
  let ready: (TarEntry | Uint8Array)[] = []
  const reader = createTarReader(limits, {
    entry: (entry) => ready.push(entry),
    bytes: (bytes) => ready.push(bytes),
  })
  for await (const chunk of source) {
    reader.push(chunk)
    yield* ready
    ready = []
  }
  reader.finish()
}

/**
 * All files of an archive in memory, for review and packing; never for untrusted sizes beyond `limits`. Here, at the
 * gate, another program reads the archive as well: one that it would read differently is refused.
 * @throws SkilletError ARCHIVE_UNSAFE, TOO_LARGE
 */
export async function readArchiveEntries(
  bytes: Uint8Array,
  limits: ArchiveLimits = skillLimits,
): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = []
  const keep = async (file: ArchiveFile, body: AsyncIterable<Uint8Array>) => {
    entries.push({ ...file, content: await collect(body) })
  }
  await readArchive(chunksOf(bytes), keep, limits)
  // Loaded only here: whoever installs doesn't need the other program.
  const { assertReadTheSame } = await import('./second-reader.ts')
  await assertReadTheSame(chunksOf(bytes), entries)
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
