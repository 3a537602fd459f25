import { stat } from 'node:fs/promises'
import { createThread } from '../thread/thread.ts'
import type { CatalogCalls } from './catalog-thread.ts'
import type { LoadedCatalog } from './loaded-catalog.ts'
import { openSmallCatalog, type CatalogFile } from './open-catalog.ts'
import threadFile from 'thread:./catalog-thread.ts'

/** One opened catalog, wherever it is held. */
export type CatalogHost = {
  [K in keyof LoadedCatalog]: (
    ...input: Parameters<LoadedCatalog[K]>
  ) => Promise<ReturnType<LoadedCatalog[K]>>
} & {
  /** Lets calls that are under way finish. */
  close(): Promise<void>
}

/** Up to this size a catalog is read faster than a thread starts. */
export const inProcessBytes = 64 * 1024

/** What an index is made of is no garbage; with the usual room for garbage it would take half as much again. */
const limits = { maxYoungGenerationSizeMb: 8 }

/** Holds a small catalog here and a larger one in a thread of its own, out of the window's way. */
export async function openCatalogHost(
  file: CatalogFile,
  indexFile: string,
  log: (line: string) => void,
): Promise<CatalogHost> {
  const { size } = await stat(file.path)
  return size <= inProcessBytes ? openHere(file) : openInThread(file, indexFile, log)
}

async function openHere(file: CatalogFile): Promise<CatalogHost> {
  const catalog = await openSmallCatalog(file)
  return {
    search: async (query) => catalog.search(query),
    getAll: async (slugs) => catalog.getAll(slugs),
    programs: async () => catalog.programs(),
    close: async () => undefined,
  }
}

async function openInThread(
  file: CatalogFile,
  indexFile: string,
  log: (line: string) => void,
): Promise<CatalogHost> {
  const thread = createThread<CatalogCalls>(threadFile, { name: 'catalog', idleMs: null, limits })
  const underWay = new Set<Promise<unknown>>()
  async function track<T>(call: Promise<T>): Promise<T> {
    underWay.add(call)
    try {
      return await call
    } finally {
      underWay.delete(call)
    }
  }
  try {
    await thread.call('open', { file, indexFile }, { onEvent: (problem) => log(String(problem)) })
  } catch (error) {
    await thread.close()
    throw error
  }
  return {
    search: (query) => track(thread.call('search', query)),
    getAll: (slugs) => track(thread.call('getAll', slugs)),
    programs: () => track(thread.call('programs', undefined)),
    async close() {
      await Promise.allSettled(underWay)
      await thread.close()
    },
  }
}
