import type { CatalogIndex, Freshness } from '../ports.ts'
import { openCatalogHost, type CatalogHost } from './catalog-host.ts'

export interface CatalogIndexPorts {
  /** Path and digest of the verified catalog; asked at each call. */
  readonly file: (freshness: Freshness) => Promise<{ path: string; sha256: string }>
  /** Keeps the index of a large catalog from one start to the next. */
  readonly indexFile: string
  /** Milliseconds for which a search goes by what `file` said last; 0 where it is asked each time. */
  readonly keepMs?: number
  readonly log?: ((line: string) => void) | undefined
}

/** Whoever types into the search field doesn't wait for the registry at each letter. */
const freshness: Freshness = { maxAgeMs: 5 * 60_000, patienceMs: 5_000 }

/**
 * Opens the catalog at the first call and again when its digest changes. Until the new one is ready, searches are
 * answered from the old one; `get` and `getAll` wait, since an install goes by what they say.
 */
export function createCatalogIndex({
  file: findFile,
  indexFile,
  keepMs = 0,
  log = () => undefined,
}: CatalogIndexPorts): CatalogIndex & { close(): Promise<void> } {
  let held: { sha256: string; host: CatalogHost } | null = null
  let opening: { sha256: string; host: Promise<CatalogHost> } | null = null
  /** Digest of a catalog that couldn't be opened: the old one doesn't stand in for it any longer. */
  let refused: string | null = null
  /** The held catalog was the current one then, by `performance.now()`. */
  let heldSince = -Infinity

  function open(file: { path: string; sha256: string }): Promise<CatalogHost> {
    if (opening?.sha256 === file.sha256) return opening.host
    const earlier = opening?.host
    const replace = async (): Promise<CatalogHost> => {
      await earlier?.catch(() => undefined)
      const host = await openCatalogHost(file, indexFile, log)
      const old = held
      held = { sha256: file.sha256, host }
      refused = null
      if (old !== null) void retire(old.host)
      return host
    }
    const mine = { sha256: file.sha256, host: replace() }
    opening = mine
    mine.host
      .catch(() => (refused = file.sha256))
      .finally(() => {
        if (opening === mine) opening = null
      })
    return mine.host
  }

  /** The opened catalog that answers now. */
  async function current(mayBeOld: boolean): Promise<CatalogHost> {
    // Whether the lists still hold is asked of the disk: agents search faster than that changes.
    if (mayBeOld && held !== null && performance.now() - heldSince < keepMs) return held.host
    const asked = performance.now()
    const file = await findFile(freshness)
    if (held?.sha256 === file.sha256) {
      heldSince = asked
      return held.host
    }
    heldSince = -Infinity
    const opened = open(file)
    return mayBeOld && held !== null && refused !== file.sha256 ? held.host : opened
  }

  async function ask<T>(
    work: (host: CatalogHost) => Promise<T>,
    { mayBeOld }: { mayBeOld: boolean },
  ): Promise<T> {
    const host = await current(mayBeOld).catch((error: unknown) => {
      // Another Skillet brought a newer catalog between the two steps and removed this one.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return current(mayBeOld)
      throw error
    })
    try {
      return await work(host)
    } catch (error) {
      // A thread that died has forgotten its catalog, and a file may have been altered: the next call opens it again.
      if (held?.host === host) held = null
      void retire(host)
      throw error
    }
  }

  /** Nobody waits for its end, and nothing is lost with it. */
  function retire(host: CatalogHost): Promise<void> {
    return host.close().catch((error: unknown) => log(String(error)))
  }

  return {
    search: (query) => ask((host) => host.search(query), { mayBeOld: true }),
    async get(slug) {
      const [entry] = await ask((host) => host.getAll([slug]), { mayBeOld: false })
      return entry ?? null
    },
    getAll: (slugs) => ask((host) => host.getAll(slugs), { mayBeOld: false }),
    programs: () => ask((host) => host.programs(), { mayBeOld: true }),
    async close() {
      await opening?.host.catch(() => undefined)
      await held?.host.close()
      held = null
    },
  }
}
