import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTrustFiles } from './trust-files.ts'
import { folderName, isSameLineage, parsePinnedRoot } from './trusted-root.ts'

/**
 * The folder under `trustDir` that belongs to a pinned root: one whose roots the pinned one is among, precedes or
 * succeeds; a new one, named by the first 16 hex digits of its SHA-256, where there is none. Nothing is written.
 * @throws SkilletError TRUST_ROOT_INVALID
 */
export async function openTrustFolder(trustDir: string, pinnedRoot: Uint8Array): Promise<string> {
  parsePinnedRoot(pinnedRoot)
  const own = folderName(pinnedRoot)
  const names = await readdir(trustDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  // Its own first: two folders can come to belong together once a root that links them appears.
  for (const name of [own, ...names.filter((name) => name !== own).sort()]) {
    const files = createTrustFiles(join(trustDir, name))
    const current = await files.read('root.json')
    const roots = [...(current === null ? [] : [current]), ...(await files.rootHistory(0))]
    if (roots.length > 0 && isSameLineage(pinnedRoot, roots)) return files.folder
  }
  return join(trustDir, own)
}
