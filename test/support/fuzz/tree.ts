import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseFile } from '../../../src/shared/release.ts'
import { sha256Hex } from '../../../src/trust/digest.ts'

/** Everything below a folder, links not followed, as lines that say kind, mode and content. */
export async function describeTree(folder: string, leaveOut: string | null = null): Promise<string[]> {
  const lines: string[] = []
  async function walk(relative: string): Promise<void> {
    for (const name of (await readdir(join(folder, relative))).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`
      if (path === leaveOut) continue
      const stats = await lstat(join(folder, path))
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isDirectory()) {
        lines.push(`${path}/ ${mode}`)
        await walk(path)
      } else if (stats.isFile() && stats.nlink === 1)
        lines.push(`${path} ${mode} ${stats.size} ${sha256Hex(await readFile(join(folder, path)))}`)
      else lines.push(`${path} is neither a file nor a folder`)
    }
  }
  await walk('')
  return lines
}

/** What `describeTree` says of a folder that holds exactly these files. */
export function treeOfFiles(files: readonly ReleaseFile[]): string[] {
  const folders = new Set<string>()
  for (const { path } of files)
    path
      .split('/')
      .slice(0, -1)
      .reduce((parent, part) => {
        folders.add(`${parent}${part}/ 755`)
        return `${parent}${part}/`
      }, '')
  return [
    ...folders,
    ...files.map(
      ({ path, size, sha256, executable }) => `${path} ${executable ? 555 : 444} ${size} ${sha256}`,
    ),
  ]
}
