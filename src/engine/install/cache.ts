import { join } from 'node:path'
import { z } from 'zod'
import { sha256Schema } from '../../shared/identifiers.ts'
import { discard, envelopeOf, namesIn, recordSchema, type NewRecord, type Store } from './store.ts'
import { readJson, statIfThere } from '../disk.ts'
import { SkilletError } from '../../shared/errors.ts'

/** How much verified downloads may take on disk, in bytes. */
const maxCacheBytes = 1024 ** 3
/** An install that is under way, in whatever process, has fetched its tarball more recently than this. */
const inUseMs = 60 * 60 * 1000

/** Only what the cache needs to know: whoever relies on a release verifies it. */
const payloadSchema = z.object({ tarball: z.object({ sha256: sha256Schema }) })

/**
 * Deletes verified downloads, those used longest ago first, until the rest is within the limit. Those of installed and
 * kept versions go last: with them a repair needs no connection.
 */
export async function trimCache(
  store: Store,
  now: () => Date = () => new Date(),
  maxBytes = maxCacheBytes,
): Promise<void> {
  const tarballs = []
  for (const name of await namesIn(store.paths.cache)) {
    if (!/^[0-9a-f]{64}\.tgz$/.test(name)) continue
    const path = join(store.paths.cache, name)
    const stats = await statIfThere(path)
    if (stats === null) continue
    const { size, mtimeMs, atimeMs } = stats
    tarballs.push({ path, size, sha256: name.slice(0, 64), usedMs: Math.max(mtimeMs, atimeMs) })
  }
  let total = tarballs.reduce((sum, { size }) => sum + size, 0)
  if (total <= maxBytes) return
  const wanted = await digestsOfInstalled(store)
  const rank = ({ sha256 }: { sha256: string }) => (wanted.has(sha256) ? 1 : 0)
  for (const one of tarballs.sort((a, b) => rank(a) - rank(b) || a.usedMs - b.usedMs)) {
    if (total <= maxBytes) break
    if (Math.abs(now().getTime() - one.usedMs) < inUseMs) continue
    await discard(one.path)
    total -= one.size
  }
}

async function digestsOfInstalled(store: Store): Promise<Set<string>> {
  const digests = new Set<string>()
  const add = (record: NewRecord) => {
    const digest = digestOf(record)
    if (digest !== null) digests.add(digest)
  }
  for (const record of await store.list()) {
    add(record)
    for (const { version } of record.kept) {
      const kept = await readJson(store.keptPath(record.slug, version), () => recordSchema).catch(
        (error: unknown) => {
          // Whoever goes back to that version hears of it; here it only means that its download isn't spared.
          if (error instanceof SkilletError && error.code === 'STORE_DAMAGED') return null
          throw error
        },
      )
      if (kept !== null) add(kept)
    }
  }
  return digests
}

function digestOf(record: NewRecord): string | null {
  try {
    const { payload } = z
      .object({ payload: z.string() })
      .parse(JSON.parse(Buffer.from(envelopeOf(record)).toString()))
    return payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64').toString())).tarball.sha256
  } catch {
    // Not a release: it names no download.
    return null
  }
}
