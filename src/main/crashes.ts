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
    const found: string[] = []
    for (const entry of entries) {
      const path = join(within, entry.name)
      if (entry.isDirectory()) found.push(...(await files(path)))
      else if (/\.(?:dmp|meta)$/.test(entry.name)) found.push(path)
    }
    return found
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
