import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Crash } from '../shared/contract/program.ts'

/** Reports of failures, as Crashpad leaves them in `folder`. Nothing sends them anywhere. */
export function createCrashes(folder: string): { list(): Promise<Crash[]>; remove(): Promise<void> } {
  const files = async (within = folder): Promise<string[]> => {
    const entries = await readdir(within, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    const found = entries.map((entry) => {
      const path = join(within, entry.name)
      return entry.isDirectory() ? files(path) : /\.(?:dmp|meta)$/.test(entry.name) ? [path] : []
    })
    return (await Promise.all(found)).flat()
  }
  return {
    async list() {
      const dumps = (await files()).filter((path) => path.endsWith('.dmp'))
      const found = await Promise.all(
        dumps.map(async (path) => {
          const { mtime, size } = await stat(path)
          return { name: path.slice(folder.length + 1), at: mtime.toISOString(), sizeBytes: size }
        }),
      )
      return found.sort((a, b) => b.at.localeCompare(a.at))
    },
    async remove() {
      for (const path of await files()) await rm(path, { force: true })
    },
  }
}
