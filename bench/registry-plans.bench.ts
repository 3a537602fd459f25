import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startEmbeddedDatabase } from '../src/registry/db/embedded.ts'
import { growRegistry, grownTables } from '../test/support/registry-growth.ts'
import { hotCalls } from '../test/support/registry-hot-calls.ts'
import { explain, recordQueries } from '../test/support/registry-queries.ts'
import { packSample, startTestRegistry } from '../test/support/registry.ts'
import { median } from './support/rounds.ts'

// What the database takes for each call that is made often, as every table grows, and which tables it reads from end to
// end. As an ordinary user: npx vitest run --project bench bench/registry-plans.bench.ts

const sizes = (process.env['SKILLET_BENCH_ROWS'] ?? '1000,10000,100000').split(',').map(Number)
const runs = 9

test('the database, as its tables grow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-plans-'))
  const database = await startEmbeddedDatabase(folder, () => {})
  const figures = new Map<string, Record<string, string>>()
  try {
    const registry = await startTestRegistry({
      dataDir: join(folder, 'data'),
      databaseUrl: database.adminUrl,
      rateLimitFactor: 1e6,
    })
    const admin = new pg.Client({ connectionString: database.adminUrl })
    const server = new pg.Client({ connectionString: registry.registry.databaseUrl })
    try {
      const { client } = await registry.mint({ account: 'skillet-labs', scopes: ['write:publish'] })
      await registry.admin.approve((await client.publish(await packSample())).id, '')
      await Promise.all([admin.connect(), server.connect()])
      let before = 0
      for (const rows of sizes) {
        await growRegistry(admin, before, rows)
        before = rows
        const recorder = recordQueries()
        for (const { name, make } of await hotCalls(registry, admin)) {
          recorder.take()
          expect(await make()).toBeLessThan(500)
          const sent = recorder.take().filter(({ text }) => !/^insert/i.test(text))
          const taken: number[] = []
          const whole = new Set<string>()
          for (let run = 0; run < runs; run++) {
            let ms = 0
            for (const query of sent) {
              const explained = await explain(server, query)
              ms += explained.ms
              for (const table of grownTables)
                if (explained.scans.includes(`Seq Scan ${table}`)) whole.add(table)
            }
            taken.push(ms)
          }
          const read = whole.size === 0 ? '' : ` (${[...whole].join(', ')})`
          figures.set(name, { ...figures.get(name), [`ms at ${rows}`]: median(taken).toFixed(2) + read })
        }
        recorder.stop()
      }
    } finally {
      await registry.registry.stop()
      await Promise.all([admin.end(), server.end()])
    }
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  console.table(Object.fromEntries(figures))
}, 3_600_000)
