import { createHash, type Hash } from 'node:crypto'
import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ReleaseFile } from '../../shared/release.ts'
import { skillLimits } from '../../trust/archive-limits.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { gunzipOne } from '../../trust/gunzip.ts'
import { createTarReader } from '../../trust/tar-reader.ts'
import { filePieces } from './file-pieces.ts'
import { createPayloadCheck, modeOf, type PayloadCheck } from './payload.ts'
import { throwIfCancelled } from './step-hooks.ts'

const readBytes = 256 * 1024

/**
 * Extracts a tarball of any size in bounded memory, for a thread of its own: it parses, hashes and writes where it
 * stands while the system's thread pool reads and unpacks ahead. Nothing is synced.
 * @param onFile told how many files are done
 */
export async function extractStream(
  tarball: string,
  files: readonly ReleaseFile[],
  folder: string,
  { signal, onFile }: { signal: AbortSignal; onFile: (done: number) => void },
): Promise<void> {
  const check = createPayloadCheck(files)
  const writer = createWriter(folder, check)
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
    }
    reader.finish()
    check.finish()
  } finally {
    writer.close()
  }
}

/** Writes one file after the other. One that comes in a single piece is judged before it is written. */
function createWriter(folder: string, check: PayloadCheck) {
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

  function close(): void {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
    hash = null
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
      close()
    },
    close,
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}
