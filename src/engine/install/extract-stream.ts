import { createHash, type Hash } from 'node:crypto'
import { closeSync, fchmodSync, fsync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ReleaseFile } from '../../shared/release.ts'
import { skillLimits } from '../../trust/archive-limits.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { gunzipOne } from '../../trust/gunzip.ts'
import { createTarReader } from '../../trust/tar-reader.ts'
import { filePieces } from './file-pieces.ts'
import { createPayloadCheck, modeOf, type PayloadCheck } from './payload.ts'
import { throwIfCancelled } from './step-hooks.ts'

const readBytes = 256 * 1024
/** Files that are being synced at a time. */
const maxSyncing = 16

/**
 * Extracts a tarball of any size in bounded memory, for a thread of its own: it parses, hashes and writes where it
 * stands while the system's thread pool reads and unpacks ahead.
 * @param onFile told how many files are done
 * @param syncEach has each file on disk when it returns; otherwise nothing is synced
 */
export async function extractStream(
  tarball: string,
  files: readonly ReleaseFile[],
  folder: string,
  { signal, onFile, syncEach }: { signal: AbortSignal; onFile: (done: number) => void; syncEach: boolean },
): Promise<void> {
  const check = createPayloadCheck(files)
  const writer = createWriter(folder, check, syncEach ? createSyncing() : null)
  let done = 0
  let left = 0
  const next = (bytes: number) => {
    left -= bytes
    if (left === 0) onFile(++done)
  }
  const reader = createTarReader(skillLimits, {
    entry(entry) {
      if (entry.kind === 'folder') return
      left = entry.size
      writer.begin(check.expect(entry))
      if (left === 0) {
        writer.write(Buffer.alloc(0))
        next(0)
      }
    },
    bytes(bytes) {
      writer.write(bytes)
      next(bytes.length)
    },
  })
  try {
    for await (const bytes of gunzipOne(filePieces(tarball, readBytes), skillLimits.maxRatio)) {
      throwIfCancelled(signal)
      reader.push(bytes)
      await writer.keepUp()
    }
    reader.finish()
    check.finish()
  } finally {
    await writer.end()
  }
}

/** Writes one file after the other. One that comes in a single piece is judged before it is written. */
function createWriter(folder: string, check: PayloadCheck, syncing: Syncing | null) {
  let file: ReleaseFile | null = null
  let descriptor: number | null = null
  let hash: Hash | null = null
  let written = 0
  const folders = new Set<string>()

  /** Only for names that the reader has passed. */
  function makeFolder(path: string): void {
    if (folders.has(path)) return
    if (path !== '') makeFolder(parentOf(path))
    mkdirSync(join(folder, path), { mode: 0o755 })
    folders.add(path)
  }

  function create({ path }: ReleaseFile, mode: number): number {
    makeFolder(parentOf(path))
    const created = openSync(join(folder, path), 'wx', mode)
    // Whatever the umask is.
    fchmodSync(created, mode)
    return created
  }

  return {
    begin(next: ReleaseFile): void {
      file = next
      written = 0
    },
    write(bytes: Buffer): void {
      const current = file!
      const whole = bytes.length === current.size
      if (whole) check.assertDigest(current, sha256Hex(bytes))
      else (hash ??= createHash('sha256')).update(bytes)
      descriptor ??= create(current, modeOf(current))
      writeAll(descriptor, bytes)
      written += bytes.length
      if (written < current.size) return
      if (hash !== null) check.assertDigest(current, hash.digest('hex'))
      if (syncing === null) closeSync(descriptor)
      else syncing.add(descriptor)
      descriptor = null
      hash = null
    },
    /** Waits while too much is being synced. */
    async keepUp(): Promise<void> {
      await syncing?.atMost(maxSyncing)
    },
    async end(): Promise<void> {
      if (descriptor !== null) closeSync(descriptor)
      await syncing?.atMost(0)
    },
  }
}

interface Syncing {
  /** Syncs and closes it while others are written. */
  add(descriptor: number): void
  /** @throws what a sync failed with */
  atMost(count: number): Promise<void>
}

/** Through the descriptor that the file was written with: Windows syncs nothing that is open for reading only. */
function createSyncing(): Syncing {
  const under = new Set<Promise<void>>()
  let failure: { error: unknown } | null = null
  return {
    add(descriptor) {
      const work = promisify(fsync)(descriptor)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          closeSync(descriptor)
          under.delete(work)
        })
      under.add(work)
    },
    async atMost(count) {
      while (under.size > count) await Promise.race(under)
      if (failure !== null) throw failure.error
    },
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}
