import type { CatalogQuery } from '../ports.ts'
import { serveThread, type CallContext } from '../thread/serve.ts'
import type { LoadedCatalog } from './loaded-catalog.ts'
import { openLargeCatalog, type CatalogFile } from './open-catalog.ts'

/** One catalog for the life of the thread. */
let opened: LoadedCatalog | null = null
function catalog(): LoadedCatalog {
  if (opened === null) throw new Error('The catalog has not been opened in this thread.')
  return opened
}

const calls = {
  async open({ file, indexFile }: { file: CatalogFile; indexFile: string }, { emit }: CallContext) {
    opened = await openLargeCatalog(file, indexFile, emit)
  },
  search: (query: CatalogQuery) => catalog().search(query),
  getAll: (slugs: readonly string[]) => catalog().getAll(slugs),
  programs: () => catalog().programs(),
}
export type CatalogCalls = typeof calls

serveThread(calls)
