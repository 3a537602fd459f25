import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import serverProcess from 'thread:./support/registry-server-process.ts'
import type { Usage } from './support/registry-server-process.ts'
import { packFolder } from '../src/engine/package/pack.ts'
import { createRegistryClient } from '../src/engine/registry-client/client.ts'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '../src/registry/db/embedded.ts'
import { prepareDatabase } from '../src/registry/db/prepare.ts'
import { startRegistry } from '../src/registry/start.ts'
import { createRepository } from '../src/registry/tuf/repository.ts'
import { catalogPath, releasePath } from '../src/shared/signed-targets.ts'
import { packSample } from '../test/support/registry.ts'
import { fillRegistry, keyOf } from './support/registry-rows.ts'
import { load, type Load } from './support/requests.ts'
import { median, ratio } from './support/rounds.ts'

// What the registry answers in a second beside a bare Hono on the same computer, asked in turn by the same program; what
// row-level security costs; and whether memory grows. As an ordinary user, three minutes:
// npx vitest run --project bench bench/registry.bench.ts
// One part: `-t 'from memory'`. SKILLET_BENCH_KEEP=FOLDER keeps the data there, for the next run to find.

const skills = Number(process.env['SKILLET_BENCH_SKILLS'] ?? 100_000)
const tenants = Number(process.env['SKILLET_BENCH_TENANTS'] ?? 10_000)
const seconds = Number(process.env['SKILLET_BENCH_SECONDS'] ?? 1)
const rounds = Number(process.env['SKILLET_BENCH_ROUNDS'] ?? 3)
/** Ten minutes of load for the memory's sake; none by default. */
const soakSeconds = Number(process.env['SKILLET_BENCH_SOAK_SECONDS'] ?? 0)
/** Requests a second of it: what leaves the computer something for others. */
const soakRate = 1000
const kept = process.env['SKILLET_BENCH_KEEP']
const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'registry-bench-'))
/** Written once the data is whole. */
const filled = join(dataDir, 'filled')
const children: ChildProcess[] = []
let database: EmbeddedDatabase
let admin: pg.Client
let server: pg.Client
let sample: { slug: string; tarball: string }
let registry: Served
let hello: Served
let files: Served

interface Served {
  readonly url: string
  usage(): Promise<Usage>
}

async function serve(...what: string[]): Promise<Served> {
  // Its log goes where nobody reads it, as to a file.
  const child = fork(serverProcess, what, {
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    execArgv: ['--expose-gc'],
  })
  children.push(child)
  const [url] = (await once(child, 'message')) as [string]
  return {
    url,
    async usage() {
      child.send('usage')
      return ((await once(child, 'message')) as [Usage])[0]
    },
  }
}

beforeAll(async () => {
  database = await startEmbeddedDatabase(dataDir, () => {})
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query('set search_path = registry')
  if (!existsSync(filled)) {
    await fill()
    writeFileSync(filled, '')
  }
  const released = await admin.query<{ tarball_sha256: string }>(
    `select tarball_sha256 from releases where slug = 'sample-skill'`,
  )
  sample = { slug: 'sample-skill', tarball: released.rows[0]!.tarball_sha256 }
  server = new pg.Client({ connectionString: (await prepareDatabase(database.adminUrl)).serverUrl })
  await server.connect()
  registry = await serve('registry', dataDir, database.adminUrl)
  hello = await serve('hello')
  files = await serve('files', dataDir)
}, 600_000)
afterAll(async () => {
  for (const child of children) child.disconnect()
  await admin?.end()
  await server?.end()
  await database?.stop()
  if (kept === undefined) rmSync(dataDir, { recursive: true, force: true })
})

/** One published skill, and made of it as many others as are wanted. */
async function fill(): Promise<void> {
  const options = { dataDir, databaseUrl: database.adminUrl, demo: false, pack: packFolder, log: () => {} }
  const first = await startRegistry(options)
  const adminKey = readFileSync(join(dataDir, 'keys', 'first-admin.key'), 'utf8').trim()
  const client = createRegistryClient({ url: first.url, apiKey: adminKey })
  const { key } = await client.mintKey({ account: 'skillet-labs', scopes: ['write:publish'] })
  const { id } = await createRegistryClient({ url: first.url, apiKey: key }).publish(await packSample())
  await client.approve(id, '')
  await first.stop()
  await fillRegistry(admin, { of: 'sample-skill', skills, tenants, perTenant: 10 })
  await list()
}

/** Writes the signed lists that name all of it: as publishing each would, in one go. */
async function list(): Promise<void> {
  const repository = await createRepository({
    dataDir,
    publishKeys: () => Promise.reject(new Error('made before')),
  })
  const { rows } = await admin.query<{
    slug: string
    version: string
    size: number
    sha256: string
    seq: string
  }>('select slug, version, size, sha256, seq from envelopes order by seq')
  const { bytes } = await repository.readList(catalogPath)
  const catalog = JSON.parse(Buffer.from(bytes).toString('utf8')) as { skills: { slug: string }[] }
  const entry = catalog.skills[0]!
  const all = rows.map(({ slug }) => ({ ...entry, slug })).sort((a, b) => (a.slug < b.slug ? -1 : 1))
  await repository.change({
    catalog: await repository.writeTarget(
      catalogPath,
      new Uint8Array(Buffer.from(JSON.stringify({ ...catalog, skills: all }))),
    ),
    add: rows.map(({ slug, version, size, sha256 }) => ({
      path: releasePath(slug, version),
      length: size,
      sha256,
    })),
    through: { envelopes: Number(rows.at(-1)!.seq), revocations: 0 },
  })
}

interface Read {
  readonly name: string
  readonly paths: readonly string[] | ((round: number) => readonly string[])
  readonly headers?: Record<string, string>
  readonly wanted?: number
  /** What the floor is asked for in turn; by default `/`. */
  readonly file?: string
}

/** Skills in an order of their own, none of them twice before all were asked for. */
function spread(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => 1 + (((from + at) * 7919) % skills))
}

test('answers from memory', async () => {
  const etag = (await fetch(`${registry.url}/catalog.json`, { method: 'HEAD' })).headers.get('etag')!
  await compare(hello, [
    {
      name: 'catalog.json, unchanged',
      paths: ['/catalog.json'],
      headers: { 'if-none-match': etag },
      wanted: 304,
    },
    { name: 'TUF timestamp', paths: ['/tuf/metadata/timestamp.json'] },
    { name: 'TUF target: a release', paths: [`/tuf/targets/${targetOf(sample.slug)}`] },
    { name: 'access', paths: ['/api/skills/access?slug=sample-skill'] },
    {
      name: 'access, 2,000 in turn',
      paths: spread(0, 2000).map((at) => `/api/skills/access?slug=bench-${at}`),
    },
    { name: 'a tarball', paths: [`/tarballs/${sample.tarball}.tgz`] },
  ])
})

test('asked of the database', async () => {
  await compare(hello, [
    {
      name: 'releases, each once',
      paths: (round) => spread(20_000 * round, 20_000).map((at) => `/releases/bench-${at}/1.0.0.dsse.json`),
    },
    {
      name: 'access, each once',
      paths: (round) => spread(20_000 * round, 20_000).map((at) => `/api/skills/access?slug=bench-${at}`),
    },
    {
      name: 'access, with a key',
      paths: spread(0, 500).map((at) => `/api/skills/access?slug=bench-${at}`),
      headers: { 'x-api-key': keyOf(7) },
    },
    { name: 'bundles of a tenant', paths: ['/api/bundles'], headers: { 'x-api-key': keyOf(8) } },
  ])
})

test('static files, beside a file server', async () => {
  const target = targetOf(sample.slug)
  await compare(files, [
    {
      name: 'a tarball',
      paths: [`/tarballs/${sample.tarball}.tgz`],
      file: `/objects/${sample.tarball.slice(0, 2)}/${sample.tarball}`,
    },
    { name: 'TUF target', paths: [`/tuf/targets/${target}`], file: `/tuf/targets/${target}` },
  ])
})

/** The path of a skill's release among the targets. */
function targetOf(slug: string): string {
  return `releases/${slug}/${readdirSync(join(dataDir, 'tuf', 'targets', 'releases', slug))[0]!}`
}

/** Asks the registry and the `floor` in turn. */
async function compare(floor: Served, reads: readonly Read[]): Promise<void> {
  const figures = []
  for (const { name, paths, file = '/', ...options } of reads) {
    const ours: Measured[] = []
    const theirs: Measured[] = []
    for (let round = 0; round <= rounds; round++) {
      const asked = typeof paths === 'function' ? paths(round) : paths
      const [a, b] = [await measured(registry, asked, options), await measured(floor, [file], {})]
      if (round === 0) continue
      ours.push(a)
      theirs.push(b)
    }
    const rate = (list: Measured[]) => list.map(({ perSecond }) => perSecond)
    const cpu = (list: Measured[]) => list.map(({ cpuMicroseconds }) => cpuMicroseconds)
    figures.push({
      name,
      'a second': Math.round(median(rate(ours))),
      'p99 ms': median(ours.map(({ p99 }) => p99)),
      floor: Math.round(median(rate(theirs))),
      'to the floor': ratio(rate(ours), rate(theirs)).toFixed(2),
      'µs each': median(cpu(ours)).toFixed(1),
      'µs, floor': median(cpu(theirs)).toFixed(1),
      refused: [...ours, ...theirs].reduce((sum, { refused }) => sum + refused, 0),
    })
  }
  console.table(figures)
  expect(figures.map(({ refused }) => refused)).toEqual(figures.map(() => 0))
}

interface Measured extends Load {
  /** Of a processor, that the server's process used for each answer. */
  readonly cpuMicroseconds: number
}

async function measured(
  server: Served,
  paths: readonly string[],
  options: { headers?: Record<string, string>; wanted?: number },
): Promise<Measured> {
  const before = await server.usage()
  const result = await load(server.url, paths, { seconds, ...options })
  const after = await server.usage()
  return { ...result, cpuMicroseconds: ((after.cpuMs - before.cpuMs) * 1000) / result.total }
}

test('row-level security, to the same query as the owner', async () => {
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  const { rows } = await admin.query<{ id: string }>(
    `select id from registry.accounts where name = 'tenant-77'`,
  )
  const account = rows[0]!.id
  const queries = {
    submissions: `select * from registry.submissions where account_id = $1 order by created_at desc limit 50`,
    bundles: `select * from registry.bundles where account_id = $1 order by name`,
    keys: `select * from registry.api_keys where account_id = $1 order by created_at desc limit 500`,
  }
  const figures = []
  for (const [name, text] of Object.entries(queries)) {
    const run = async (client: pg.Client) => {
      await client.query('begin')
      await client.query(`select set_config('app.tenant', $1, true)`, [account])
      const started = performance.now()
      for (let at = 0; at < 300; at++) await client.query({ name: `bench-${name}`, text, values: [account] })
      const ms = performance.now() - started
      await client.query('commit')
      return ms
    }
    const walled: number[] = []
    const bare: number[] = []
    for (let round = 0; round < 21; round++) {
      const clients = round % 2 === 0 ? [server, owner] : [owner, server]
      for (const client of clients) (client === server ? walled : bare).push(await run(client))
    }
    figures.push({
      name,
      µs: Math.round((median(walled) / 300) * 1000),
      'as owner': Math.round((median(bare) / 300) * 1000),
      ratio: ratio(walled.slice(1), bare.slice(1)).toFixed(3),
    })
  }
  await owner.end()
  console.table(figures)
}, 600_000)

test.runIf(soakSeconds > 0)(
  'memory under load',
  async () => {
    const paths = Array.from({ length: 500 }, (_, at) => [
      `/releases/bench-${at + 1}/1.0.0.dsse.json`,
      `/api/skills/access?slug=bench-${at + 1}`,
      '/tuf/metadata/timestamp.json',
    ]).flat()
    const figures = []
    const step = Math.max(10, soakSeconds / 10)
    // Warm: what is compiled and kept by then doesn't count as growing.
    await load(registry.url, paths, { seconds: 5 })
    for (let past = 0; past <= soakSeconds; past += step) {
      const { perSecond, refused } = await load(registry.url, paths, { seconds: step, perSecond: soakRate })
      const { rss, heapUsed, external } = await registry.usage()
      const MiB = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
      figures.push({
        seconds: past + step,
        'a second': Math.round(perSecond),
        refused,
        'heap MiB': MiB(heapUsed),
        'external MiB': MiB(external),
        'rss MiB': MiB(rss),
      })
    }
    console.table(figures)
  },
  3_600_000,
)
