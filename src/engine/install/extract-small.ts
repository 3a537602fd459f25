import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseFile } from '../../shared/release.ts'
import { skillLimits } from '../../trust/archive-limits.ts'
import { chunksOf } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { gunzipOne } from '../../trust/gunzip.ts'
import { createTarReader } from '../../trust/tar-reader.ts'
import { allDone, syncFolder } from '../disk.ts'
import { createPayloadCheck, foldersOf, modeOf } from './payload.ts'

/**
 * Extracts a tarball that fits into memory: all of it is checked before its first file is written, and all files are
 * written and synced at the same time. Quicker for a few files than waking a thread, and never blocks this one.
 */
export async function extractSmall(
  tarball: string,
  files: readonly ReleaseFile[],
  folder: string,
): Promise<void> {
  const contents = await readChecked(tarball, files)
  const folders = foldersOf(files).map((path) => join(folder, path))
  for (const path of folders) await mkdir(path, { mode: 0o755 })
  await allDone(files.map((file) => writeSynced(join(folder, file.path), contents.get(file)!, modeOf(file))))
  await allDone([...folders, join(folder, '..')].map(syncFolder))
}

async function readChecked(
  tarball: string,
  files: readonly ReleaseFile[],
): Promise<Map<ReleaseFile, Buffer>> {
  const check = createPayloadCheck(files)
  const parts = new Map<ReleaseFile, Buffer[]>()
  let current: Buffer[] = []
  const reader = createTarReader(skillLimits, {
    entry(entry) {
      if (entry.kind === 'folder') return
      current = []
      // What isn't signed is refused here, before any of it is kept in memory.
      parts.set(check.expect(entry), current)
    },
    bytes: (bytes) => current.push(bytes),
  })
  const source = chunksOf(await readFile(tarball))
  for await (const bytes of gunzipOne(source, skillLimits.maxRatio)) reader.push(bytes)
  reader.finish()
  check.finish()
  const contents = new Map([...parts].map(([file, pieces]) => [file, Buffer.concat(pieces)]))
  for (const [file, content] of contents) check.assertDigest(file, sha256Hex(content))
  return contents
}

async function writeSynced(path: string, content: Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(content)
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}
