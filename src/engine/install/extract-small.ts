import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseFile } from '../../shared/release.ts'
import { skillLimits } from '../../trust/archive-limits.ts'
import { readWholeTar } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { gunzipWhole } from '../../trust/gunzip.ts'
import { allDone, syncFolder } from '../disk.ts'
import { createPayloadCheck, foldersOf, modeOf } from './payload.ts'

/** Far more than what surrounds the files of a small skill ever takes. */
const maxTarBytes = 8 * 1024 * 1024

/**
 * Extracts a tarball that fits into memory: all of it is checked before its first file is written, and all files are
 * written and synced at the same time. Quicker for a few files than waking a thread, and blocks this one for no more than a few milliseconds.
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
): Promise<Map<ReleaseFile, Uint8Array>> {
  const check = createPayloadCheck(files)
  const contents = new Map<ReleaseFile, Uint8Array>()
  const unpacked = gunzipWhole(await readFile(tarball), skillLimits.maxRatio, maxTarBytes)
  for (const { content, ...file } of readWholeTar(unpacked, skillLimits))
    contents.set(check.expect(file), content)
  check.finish()
  for (const [file, content] of contents) check.assertDigest(file, sha256Hex(content))
  return contents
}

async function writeSynced(path: string, content: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(content)
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}
