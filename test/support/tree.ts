import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Every path under a folder with its kind, permissions and content; parts that `skip` matches are left out. */
export async function treeOf(folder: string, skip: RegExp = /^audit(\/|$)/): Promise<string[]> {
  const lines: string[] = []
  async function walk(relative: string): Promise<void> {
    for (const name of (await readdir(join(folder, relative))).toSorted()) {
      const path = relative === '' ? name : `${relative}/${name}`
      if (skip.test(path)) continue
      const stats = await lstat(join(folder, path))
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isDirectory()) {
        lines.push(`${path}/ ${mode}`)
        await walk(path)
      } else if (stats.isSymbolicLink()) lines.push(`${path} -> ${await readlink(join(folder, path))}`)
      else {
        const digest = createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex')
        lines.push(`${path} ${mode} ${digest}`)
      }
    }
  }
  await walk('')
  return lines
}
