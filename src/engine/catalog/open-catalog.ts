import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { buildIndex } from './build-index.ts'
import { damagedCatalog } from './catalog-lines.ts'
import { readIndexFile, writeIndexFile } from './index-file.ts'
import { createLoadedCatalog, type LoadedCatalog } from './loaded-catalog.ts'

export interface CatalogSource {
  /** The verified `catalog.json`. */
  readonly path: string
  readonly sha256: string
  /** Where the index is kept for the next start; null: it is made each time. */
  readonly indexFile: string | null
}

/**
 * Reads a catalog into memory. Its digest is checked again: what is searched is what was verified.
 * @param onProblem hears why the index couldn't be kept, which costs time at the next start and nothing else
 * @throws SkilletError METADATA_INVALID
 */
export async function openCatalog(
  { path, sha256, indexFile }: CatalogSource,
  onProblem: (problem: string) => void,
): Promise<LoadedCatalog> {
  const bytes = await readFile(path)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw damagedCatalog('it was altered on this computer')
  if (indexFile === null) return createLoadedCatalog(bytes, buildIndex(bytes))
  const kept = await readIndexFile(indexFile, sha256)
  if (kept !== null) return createLoadedCatalog(bytes, kept)
  const index = buildIndex(bytes)
  try {
    await writeIndexFile(indexFile, sha256, index)
  } catch (error) {
    onProblem(`The catalog's index can't be kept in ${indexFile}: ${String(error)}`)
  }
  return createLoadedCatalog(bytes, index)
}
