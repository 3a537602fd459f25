import { createHash } from 'node:crypto'
import { fstatSync, openSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createIndexBuilder, type IndexBuilder } from './build-index.ts'
import { damagedCatalog } from './catalog-lines.ts'
import { readIndexFile, writeIndexFile } from './index-file.ts'
import { createLoadedCatalog, type LoadedCatalog, type ReadBytes } from './loaded-catalog.ts'

/** The verified `catalog.json`. Its digest is checked again: what is searched is what was verified. */
export interface CatalogFile {
  readonly path: string
  readonly sha256: string
}

/** Holds the whole catalog in memory. @throws SkilletError METADATA_INVALID */
export async function openSmallCatalog({ path, sha256 }: CatalogFile): Promise<LoadedCatalog> {
  const bytes = await readFile(path)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw altered()
  const builder = createIndexBuilder(bytes.length)
  builder.end(bytes.length - builder.read(bytes))
  return createLoadedCatalog((start, end) => bytes.subarray(start, end), builder.finish(), new Map())
}

/**
 * Holds the index alone in memory; entries are read from the file, which stays open, when they are wanted. Blocks its
 * thread.
 * @param indexFile keeps the index for the next start
 * @param onProblem hears why it couldn't be kept, which costs time at the next start and nothing else
 * @throws SkilletError METADATA_INVALID
 */
export async function openLargeCatalog(
  { path, sha256 }: CatalogFile,
  indexFile: string,
  onProblem: (problem: string) => void,
): Promise<LoadedCatalog> {
  const file = openSync(path, 'r')
  const read: ReadBytes = (start, end) => {
    const bytes = Buffer.allocUnsafe(end - start)
    if (readSync(file, bytes, 0, bytes.length, start) !== bytes.length) throw altered()
    return bytes
  }
  const kept = await readIndexFile(indexFile, sha256)
  const builder = kept === null ? createIndexBuilder(fstatSync(file).size) : null
  if (readThrough(file, builder) !== sha256) throw altered()
  const index = kept ?? builder!.finish()
  if (kept === null)
    try {
      await writeIndexFile(indexFile, sha256, index)
    } catch (error) {
      onProblem(`The catalog's index can't be kept in ${indexFile}: ${String(error)}`)
    }
  return createLoadedCatalog(read, index)
}

/** Reads a file once from its start, and returns its digest. */
function readThrough(file: number, builder: IndexBuilder | null): string {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(1 << 20)
  let rest = 0
  for (let position = 0; ;) {
    const size = readSync(file, buffer, rest, buffer.length - rest, position)
    if (size === 0) break
    position += size
    const bytes = buffer.subarray(0, rest + size)
    hash.update(bytes.subarray(rest))
    const used = builder?.read(bytes) ?? bytes.length
    rest = bytes.length - used
    if (rest === buffer.length) throw damagedCatalog('it has a line that is too long')
    buffer.copyWithin(0, used, bytes.length)
  }
  builder?.end(rest)
  return hash.digest('hex')
}

function altered(): Error {
  return damagedCatalog('it was altered on this computer')
}
