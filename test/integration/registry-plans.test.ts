import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '../../src/registry/db/embedded.ts'
import { growRegistry, grownTables } from '../support/registry-growth.ts'
import { hotCalls } from '../support/registry-hot-calls.ts'
import { explain, recordQueries } from '../support/registry-queries.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// How the database finds what is asked for often, once there is much of it: by an index, never by reading a table.

const rows = 10_000
/** The longest list that any of them tells has 1,000 entries, each with what goes with it. */
const mostRows = 4_000

let folder: string
let database: EmbeddedDatabase
let admin: pg.Client
let server: pg.Client
let test: TestRegistry
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-plans-'))
  database = await startEmbeddedDatabase(folder, () => {})
  test = await startTestRegistry({
    dataDir: join(folder, 'data'),
    databaseUrl: database.adminUrl,
    rateLimitFactor: 100,
  })
  const { client } = await test.mint({ account: 'skillet-labs', scopes: ['write:publish'] })
  await test.admin.approve((await client.publish(await packSample())).id, '')
  admin = new pg.Client({ connectionString: database.adminUrl })
  server = new pg.Client({ connectionString: test.registry.databaseUrl })
  await Promise.all([admin.connect(), server.connect()])
  await growRegistry(admin, rows)
  // As on a computer whose disk finds a page as fast as the next one, or which has them all in memory.
  await server.query('set random_page_cost = 1.1')
})
afterAll(async () => {
  await test?.registry.stop()
  await Promise.all([admin?.end(), server?.end()])
  await database?.stop()
  await rm(folder, { recursive: true, force: true })
})

it('reads no table from end to end for anything that is asked often', async () => {
  const calls = await hotCalls(test, admin)
  const recorder = recordQueries()
  const read: string[] = []
  const answered: string[] = []
  let queries = 0
  try {
    for (const { name, make } of calls) {
      recorder.take()
      answered.push(`${name}: ${await make()}`)
      for (const sent of recorder.take().filter(({ text }) => !/^insert/i.test(text))) {
        queries += 1
        const { scans, rowsRead } = await explain(server, sent, { indexesOnly: true })
        const whole = scans.filter((scan) => grownTables.some((table) => scan === `Seq Scan ${table}`))
        if (whole.length > 0 || rowsRead > mostRows)
          read.push(`${name}: ${rowsRead} rows, ${whole.join(', ')} in ${sent.text}`)
        // An index is of use only where the planner takes it.
        const chosen = await explain(server, sent)
        if (chosen.rowsRead > mostRows)
          read.push(`${name}: ${chosen.rowsRead} rows of the planner's choice in ${sent.text}`)
      }
    }
  } finally {
    recorder.stop()
  }
  // All of them asked something, and got it. (The tarball itself was never there.)
  expect(answered.filter((one) => !/: 20[0-4]$/.test(one))).toEqual(['a tarball: 404'])
  expect(queries).toBeGreaterThan(calls.length)
  expect(read).toEqual([])
})

it('fills every table that grows with use', async () => {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'registry'::regnamespace and relkind = 'r' order by 1`,
  )
  const few = ['migrations', 'entitlements', 'invitations', 'payment_events']
  expect(tables.map(({ name }) => name).filter((name) => !few.includes(name))).toEqual(
    [...grownTables].sort(),
  )
})

it('finds by an index what goes with a row that may be deleted', async () => {
  const { rows: unindexed } = await admin.query<{ reference: string }>(
    `select c.conrelid::regclass || '.' || a.attname as reference
     from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.connamespace = 'registry'::regnamespace
       and has_table_privilege($1, c.confrelid, 'delete')
       and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`,
    [new URL(test.registry.databaseUrl).username],
  )
  expect(unindexed).toEqual([])
})
