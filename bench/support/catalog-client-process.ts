import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createCatalogIndex } from '../../src/engine/catalog/catalog-index.ts'
import { createCharacters } from '../../src/engine/catalog/characters.ts'
import { createPaths } from '../../src/engine/paths.ts'
import { createRegistryClient } from '../../src/engine/registry-client/client.ts'
import { createRegistryTrust } from '../../src/engine/trust/registry-trust.ts'
import type { Catalog } from '../../src/shared/catalog.ts'
import { catalogPath } from '../../src/shared/signed-targets.ts'
import { typed } from './catalog-content.ts'

// Skillet's side of the catalog, alone in a process: what the window's process would hold.

const [home, url, rootFile] = process.argv.slice(2) as [string, string, string]
const paths = createPaths(home)
const delay = monitorEventLoopDelay({ resolution: 1 })
const since = (start: number) => performance.now() - start
const megabytes = (bytes: number) => bytes / 2 ** 20

const registry = createRegistryClient({ url })
const trust = createRegistryTrust({ paths, pinnedRoot: readFileSync(rootFile), registry })
const catalog = createCatalogIndex({
  file: (freshness) => trust.catalogFile(freshness),
  indexFile: join(home, 'cache', 'catalog.index'),
})
const search = (text: string) => catalog.search({ text, category: null, fits: null, offset: 0, limit: 60 })

async function searchAll(): Promise<number[]> {
  const times: number[] = []
  for (const text of typed) {
    const start = performance.now()
    await search(text)
    times.push(since(start))
  }
  return times
}

/** First search, then what follows: figures of one process from its start. */
async function use() {
  delay.enable()
  const processor = process.cpuUsage()
  const start = performance.now()
  await trust.refresh()
  const refreshedMs = since(start)
  await trust.catalogFile({ maxAgeMs: 60_000 })
  const fetchedMs = since(start)
  await catalog.search({ text: 'csv', category: null, fits: null, offset: 0, limit: 60 })
  const answeredMs = since(start)
  const { user, system } = process.cpuUsage(processor)
  delay.disable()
  const blockedMs = delay.max / 1e6
  const searchMs = [...(await searchAll()), ...(await searchAll()), ...(await searchAll())]
  const rss = megabytes(process.memoryUsage.rss())
  return {
    refreshedMs,
    fetchedMs,
    answeredMs,
    processorMs: (user + system) / 1000,
    blockedMs,
    searchMs,
    rss,
    peakRss: process.resourceUsage().maxRSS / 1024,
  }
}

/** One look at the registry that brings nothing new; the server's process counts the bytes. */
async function refresh() {
  const start = performance.now()
  await trust.refresh()
  return since(start)
}

/** The plainest way: the catalog parsed whole, and each text looked through at each letter; in turn with the index. */
async function scan() {
  const { path } = await trust.catalogFile()
  await search('')
  const { foldText: fold } = createCharacters()
  const start = performance.now()
  const { skills } = JSON.parse(readFileSync(path, 'utf8')) as Catalog
  const texts = skills.map(({ title, slug, tags, summary, publisher, category }) =>
    fold([title, slug, ...tags, summary, publisher, category].join(' ')),
  )
  const loadMs = since(start)
  const scanMs: number[] = []
  const indexMs: number[] = []
  for (let round = 0; round < 3; round++)
    for (const text of typed) {
      const scanned = performance.now()
      const words = fold(text).split(/\s+/).filter(Boolean)
      const found: number[] = []
      for (let at = 0; at < texts.length; at++)
        if (words.every((word) => texts[at]!.includes(word))) found.push(at)
      found.slice(0, 60).map((at) => skills[at])
      scanMs.push(since(scanned))
      const asked = performance.now()
      await search(text)
      indexMs.push(since(asked))
    }
  return { loadMs, scanMs, indexMs }
}

/** What moving the same bytes costs: fetched and hashed, nothing else. */
async function floor() {
  const { sha256 } = await trust.catalogFile()
  const start = performance.now()
  const response = await fetch(`${url}/tuf/targets/${sha256}.${catalogPath}`)
  const hash = createHash('sha256')
  for await (const chunk of response.body!) hash.update(chunk as Uint8Array)
  hash.digest()
  return since(start)
}

export type CatalogTasks = typeof tasks
const tasks = { use, refresh, scan, floor }
process.on('message', (name: keyof typeof tasks) => {
  void tasks[name]().then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
