import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startEmbeddedDatabase } from '../src/registry/db/embedded.ts'
import { growRegistry, grownTables } from '../test/support/registry-growth.ts'
import { hotCalls, type HotCall } from '../test/support/registry-hot-calls.ts'
import { explain, recordQueries, type SentQuery } from '../test/support/registry-queries.ts'
import { packSample, startTestRegistry } from '../test/support/registry.ts'
import { median, ratio } from './support/rounds.ts'

// What the database takes for each call that is made often, with few rows in each table and with very many, asked in
// turn; and which tables it reads from end to end. As an ordinary user, five minutes, most of them to make the rows:
// npx vitest run --project bench bench/registry-plans.bench.ts

const sizes = (process.env['SKILLET_BENCH_ROWS'] ?? '1000,1000000').split(',').map(Number)
const runs = 15

interface Grown {
  readonly rows: number
  readonly calls: readonly HotCall[]
  readonly server: pg.Client
  stop(): Promise<void>
}

/** A registry in a database of its own, with so many rows in each table. */
async function grow(folder: string, adminUrl: string, rows: number): Promise<Grown> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`create database rows_${rows}`)
  await admin.end()
  const own = new URL(adminUrl)
  own.pathname = `/rows_${rows}`
  const registry = await startTestRegistry({
    dataDir: join(folder, String(rows)),
    databaseUrl: own.href,
    rateLimitFactor: 1e6,
  })
  const { client } = await registry.mint({ account: 'skillet-labs', scopes: ['write:publish'] })
  await registry.admin.approve((await client.publish(await packSample())).id, '')
  const owner = new pg.Client({ connectionString: own.href })
  const server = new pg.Client({ connectionString: registry.registry.databaseUrl })
  await Promise.all([owner.connect(), server.connect()])
  const started = performance.now()
  await growRegistry(owner, rows)
  console.log(`${rows} rows a table: made in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  return {
    rows,
    calls: await hotCalls(registry, owner),
    server,
    async stop() {
      await registry.registry.stop()
      await Promise.all([owner.end(), server.end()])
    },
  }
}

test('the database, as its tables grow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-plans-'))
  const database = await startEmbeddedDatabase(folder, () => {})
  const grown: Grown[] = []
  const figures: Record<string, Record<string, string>> = {}
  try {
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    // Making the rows is not what is measured.
    for (const setting of ['fsync = off', 'full_page_writes = off', `max_wal_size = '8GB'`])
      await admin.query(`alter system set ${setting}`)
    await admin.query('select pg_reload_conf()')
    await admin.end()
    for (const rows of sizes) grown.push(await grow(folder, database.adminUrl, rows))
    const recorder = recordQueries()
    for (const [at, { name }] of grown[0]!.calls.entries()) {
      const sent: SentQuery[][] = []
      for (const { calls } of grown) {
        recorder.take()
        expect(await calls[at]!.make(), name).toBeLessThan(500)
        sent.push(recorder.take().filter(({ text }) => !/^insert/i.test(text)))
      }
      const ms: number[][] = sent.map(() => [])
      const whole = new Set<string>()
      for (let run = 0; run <= runs; run++)
        for (const [size, { server }] of grown.entries()) {
          const { taken, read } = await measured(server, sent[size]!)
          if (run > 0) ms[size]!.push(taken)
          if (size === grown.length - 1) for (const table of read) whole.add(table)
        }
      figures[name] = {
        ...Object.fromEntries(grown.map(({ rows }, size) => [`ms at ${rows}`, median(ms[size]!).toFixed(3)])),
        ratio: ratio(ms.at(-1)!, ms[0]!).toFixed(2),
        'read whole': [...whole].join(', '),
      }
    }
    recorder.stop()
  } finally {
    for (const { stop } of grown) await stop()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  console.table(figures)
}, 900_000)

/** Milliseconds for all of a call's queries, and which tables were read from end to end. */
async function measured(
  server: pg.Client,
  sent: readonly SentQuery[],
): Promise<{ taken: number; read: string[] }> {
  let taken = 0
  const read: string[] = []
  for (const query of sent) {
    const { ms, scans } = await explain(server, query)
    taken += ms
    read.push(...grownTables.filter((table) => scans.includes(`Seq Scan ${table}`)))
  }
  return { taken, read }
}
