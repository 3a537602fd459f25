import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SkilletError } from '../shared/errors.ts'
import type { RuleFinding } from './rules/rule.ts'
import { sizeLimits } from './rules/archive.ts'
import type { SourceFile } from './source-file.ts'

/** Names that packing leaves out, so that nothing in them reaches anybody. */
const notPacked = new Set(['.git', 'node_modules', '__pycache__', '.DS_Store'])

/**
 * Reads a skill's folder without following links. It stops reading as soon
 * as a size limit is passed, and what it has read by then is enough for the rule about sizes to say so. Throws NOT_FOUND where there is no such folder.
 */
export async function readSkillFolder(
  folder: string,
): Promise<{ files: SourceFile[]; findings: RuleFinding[] }> {
  const files: SourceFile[] = []
  const findings: RuleFinding[] = []
  // A skill of ours is packed before it travels; somebody else's is used as it lies there.
  const ours = await exists(join(folder, 'skill.toml'))
  let total = 0
  const walk = async (relative: string): Promise<void> => {
    const names = (await readdir(join(folder, relative))).sort()
    for (const name of names) {
      const path = relative === '' ? name : `${relative}/${name}`
      if (ours ? notPacked.has(name) : name === '.git' || name === '.DS_Store') continue
      const info = await lstat(join(folder, path))
      if (info.isDirectory()) await walk(path)
      else if (info.isFile()) {
        if (total > sizeLimits.total || files.length > sizeLimits.files) continue
        const content = await readCapped(join(folder, path), info.size)
        total += content.byteLength
        files.push({ path, content, executable: (info.mode & 0o111) !== 0 })
      } else
        findings.push({
          rule: info.isSymbolicLink() ? 'archive/link' : 'archive/special-file',
          severity: 'high',
          file: path,
          line: null,
          message: info.isSymbolicLink()
            ? 'This is a link, which could point at anything on the computer that it is installed on.'
            : 'This is neither a file nor a folder.',
        })
    }
  }
  try {
    await walk('')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new SkilletError('NOT_FOUND', `There is no folder ${folder}.`, {
        remedy: 'Check the path.',
        cause: error,
      })
    throw error
  }
  return { files, findings }
}

/** One byte more than is allowed stands for a file that is too large. */
async function readCapped(path: string, size: number): Promise<Uint8Array> {
  return size > sizeLimits.file
    ? new Uint8Array(sizeLimits.file + 1).fill(0x20)
    : new Uint8Array(await readFile(path))
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
