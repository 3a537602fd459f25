import { constants, type Stats } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { SkilletError } from '../../shared/errors.ts'
import type { ReleaseFile } from '../../shared/release.ts'
import { maxTarballBytes, skillLimits } from '../../trust/archive-limits.ts'
import { readArchiveEntries } from '../../trust/archive.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { createNameSet } from '../../trust/entry-name.ts'
import { tarBytes, type TarFile } from '../../trust/tar-bytes.ts'

/** What tools leave in a folder and no skill is made of. */
const ignored = new Set(['.git', 'node_modules', '__pycache__', '.DS_Store'])

/** RFC 1952 §2.3: the byte that names the packer's system; 255 is "unknown", the same everywhere. */
const gzipSystemAt = 9
const gzipSystemUnknown = 255

/**
 * Packs a skill's folder: the same folder gives the same bytes, whoever packs it and when. Paths are sorted by their
 * UTF-8 bytes. Another version of zlib (Electron brings its own) may compress the same tar to other bytes.
 * @throws SkilletError ARCHIVE_UNSAFE for links, special files and names that can't travel; TOO_LARGE; NOT_FOUND
 */
export async function packFolder(folder: string): Promise<{ tarball: Uint8Array; files: ReleaseFile[] }> {
  const found = await collectFiles(folder)
  // Not at once: the window's process packs too.
  const zipped = await promisify(gzip)(tarBytes(found), { level: 9 })
  zipped[gzipSystemAt] = gzipSystemUnknown
  if (zipped.length > maxTarballBytes) throw new SkilletError('TOO_LARGE', 'The skill is too large to pack.')
  const tarball = new Uint8Array(zipped)
  // What we pack is held to what we accept.
  await readArchiveEntries(tarball)
  const files = found.map(({ path, content, executable }) => ({
    path,
    size: content.length,
    sha256: sha256Hex(content),
    executable,
  }))
  return { tarball, files }
}

async function collectFiles(folder: string): Promise<TarFile[]> {
  const files: TarFile[] = []
  const names = createNameSet()
  let total = 0

  async function walk(relative: string): Promise<void> {
    const entries = await readdir(join(folder, relative), { withFileTypes: true })
    for (const entry of entries) {
      if (ignored.has(entry.name)) continue
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) {
        await walk(path)
        continue
      }
      if (!entry.isFile())
        throw new SkilletError(
          'ARCHIVE_UNSAFE',
          `${path} is a link or a special file, which a skill can't have.`,
          {
            remedy: 'Replace it with a plain file and pack again.',
          },
        )
      const problem = names.add(path, 'file')
      if (problem !== null)
        throw new SkilletError('ARCHIVE_UNSAFE', `The file name ${JSON.stringify(path)} ${problem}.`, {
          remedy: 'Rename the file and pack again.',
        })
      const file = await readPlainFile(join(folder, relative, entry.name))
      total += file.content.length
      if (total > skillLimits.maxTotalBytes || files.length >= skillLimits.maxEntries)
        throw new SkilletError('TOO_LARGE', 'The skill is too large to pack.')
      files.push({ path, ...file })
    }
  }

  try {
    await walk('')
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    )
      throw new SkilletError('NOT_FOUND', `There is no folder ${folder}.`, { cause: error })
    throw error
  }
  if (files.length === 0) throw new SkilletError('NOT_FOUND', `There is no file in ${folder}.`)
  return files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

async function readPlainFile(path: string): Promise<{ content: Uint8Array; executable: boolean }> {
  // A link that takes the file's place after the folder was listed is refused by the system.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const stats = await file.stat()
    if (stats.size > skillLimits.maxFileBytes)
      throw new SkilletError('TOO_LARGE', `${path} is too large for a skill.`)
    const content = new Uint8Array(await file.readFile())
    return { content, executable: isExecutable(stats, content) }
  } finally {
    await file.close()
  }
}

/** Windows keeps no such bit: there, a script with a `#!` line counts. */
function isExecutable(stats: Stats, content: Uint8Array): boolean {
  if (process.platform === 'win32') return content[0] === 0x23 && content[1] === 0x21
  return (stats.mode & 0o111) !== 0
}
