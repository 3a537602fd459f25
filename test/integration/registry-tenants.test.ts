import { sql, type Transaction } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acting, openDatabase, within, type Purpose } from '../../src/registry/db/database.ts'
import type { Tables } from '../../src/registry/db/tables.ts'
import { openAsOwner, startTestRegistry, type TestRegistry } from '../support/registry.ts'
import { createRowMaker, type RowMaker } from '../support/registry-rows.ts'

// One tenant tries to reach another's rows in every table that the database's own catalog names. The server's own login
// is used, as a thief of its connection would: what holds here holds whatever a route forgets.

let test: TestRegistry
let admin: pg.Client
let server: pg.Client
let maker: RowMaker
let ada: string
let bob: string

beforeAll(async () => {
  test = await startTestRegistry()
  admin = await openAsOwner(test)
  server = new pg.Client({ connectionString: test.registry.databaseUrl })
  await server.connect()
  await server.query('set search_path = registry')
  maker = await createRowMaker(admin)
  const account = async (name: string) =>
    (await admin.query<{ id: string }>('insert into accounts (name) values ($1) returning id', [name]))
      .rows[0]!.id
  ada = await account('tenant-ada')
  bob = await account('tenant-bob')
  for (const table of maker.tenantTables) {
    await maker.insert(table, ada)
    await maker.insert(table, bob)
  }
})
afterAll(async () => {
  await server?.end()
  await admin?.end()
  await test?.remove()
})

/** As the server, in a transaction with these settings, which is taken back. */
async function as<T>(
  settings: { tenant?: string; person?: string; across?: string },
  work: () => Promise<T>,
): Promise<T> {
  await server.query('begin')
  try {
    await server.query(
      `select set_config('app.tenant', $1, true), set_config('app.user', $2, true), set_config('app.across_tenants', $3, true)`,
      [settings.tenant ?? '', settings.person ?? '', settings.across ?? ''],
    )
    return await work()
  } finally {
    await server.query('rollback')
  }
}
const countOf = async (table: string, of: string) =>
  (await server.query(`select from ${table} where account_id = $1`, [of])).rowCount
/** What a statement did: how many rows, or that it isn't allowed at all. */
async function attempt(sql: string, values: unknown[] = []): Promise<number | string> {
  await server.query('savepoint attempt')
  try {
    return (await server.query(sql, values)).rowCount ?? 0
  } catch (error) {
    await server.query('rollback to savepoint attempt')
    return (error as { code: string }).code
  }
}
/** 42501: no right to do this, or refused by the wall. 428C9: nobody may, since the database numbers these rows. */
const nothing = (result: number | string) => result === 0 || result === '42501' || result === '428C9'

describe('the database', () => {
  it('has tables of tenants, and the probe has rows of both tenants in each', async () => {
    expect(maker.tenantTables.length).toBeGreaterThan(20)
    for (const table of maker.tenantTables)
      for (const tenant of [ada, bob]) {
        const { rowCount } = await admin.query(`select from ${table} where account_id = $1`, [tenant])
        expect([table, rowCount]).not.toEqual([table, 0])
      }
  })

  it('has a wall around each of them that holds for its owner too', async () => {
    const { rows } = await admin.query<{ name: string; walled: boolean; policies: number }>(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled,
             (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c where c.relnamespace = 'registry'::regnamespace and c.relkind in ('r', 'p')`)
    // Who owns a name is public, as publishers are: a catalog without them would be none.
    const open = ['skills']
    for (const table of [...maker.tenantTables, 'users', 'sessions']) {
      if (open.includes(table)) continue
      expect(rows.find(({ name }) => name === table)).toMatchObject({ name: table, walled: true })
      expect(rows.find(({ name }) => name === table)!.policies).toBeGreaterThan(0)
    }
  })

  it('lets everybody past a wall for one thing alone: writing down what was done', async () => {
    const { rows } = await admin.query<{ table: string; name: string; kind: string }>(
      `
      select polrelid::regclass::text as "table", polname as name, polcmd as kind from pg_policy
      where (pg_get_expr(polqual, polrelid) = 'true' or pg_get_expr(polwithcheck, polrelid) = 'true')
        and (polroles = '{0}' or (select oid from pg_roles where rolname = $1) = any (polroles))`,
      [new URL(test.registry.databaseUrl).username],
    )
    expect(rows).toEqual([{ table: 'audit_log', name: 'audit_log_append', kind: 'a' }])
  })

  it('is opened by a login that owns nothing and can become nobody else', async () => {
    const { rows } = await server.query(`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
             (select count(*)::int from pg_class where relowner = r.oid) as owns,
             (select count(*)::int from pg_auth_members where member = r.oid) as belongs
      from pg_roles r where rolname = current_user`)
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        owns: 0,
        belongs: 0,
      },
    ])
    await expect(server.query('set role skillet_owner')).rejects.toMatchObject({ code: '42501' })
    await expect(server.query('alter table submissions disable row level security')).rejects.toMatchObject({
      code: '42501',
    })
    await expect(server.query('create table registry.mine ()')).rejects.toMatchObject({ code: '42501' })
  })

  it('has functions that act as their owner only with a fixed path, for the server alone', async () => {
    const { rows } = await admin.query<{ name: string; path: string | null; everybody: boolean }>(`
      select p.proname as name, array_to_string(p.proconfig, ',') as path,
             has_function_privilege('public', p.oid, 'execute') as everybody
      from pg_proc p where p.prosecdef and p.pronamespace = 'registry'::regnamespace`)
    expect(rows).toEqual([{ name: 'authenticate', path: 'search_path=registry, pg_temp', everybody: false }])
  })
})

describe('a tenant', () => {
  const walled = () => maker.tenantTables.filter((table) => table !== 'skills' && table !== 'reports')

  it('sees its own rows in every table', async () => {
    await as({ tenant: ada }, async () => {
      for (const table of walled()) expect([table, await countOf(table, ada)]).not.toEqual([table, 0])
      // Who reported a skill is not its publisher's business.
      expect(await countOf('reports', ada)).toBe(0)
    })
  })

  it("reads, adds, changes and deletes nothing of another's, in any table", async () => {
    await as({ tenant: ada }, async () => {
      for (const table of maker.tenantTables) {
        if (table === 'skills') continue
        expect([table, await countOf(table, bob)]).toEqual([table, 0])
        expect([table, await attempt(`delete from ${table} where account_id = $1`, [bob])]).toSatisfy(
          ([, result]: [string, number | string]) => nothing(result),
        )
        for (const { name } of maker.columnsOf(table)) {
          const changed = await attempt(`update ${table} set ${name} = ${name} where account_id = $1`, [bob])
          expect([table, name, changed]).toSatisfy(([, , result]: [string, string, number | string]) =>
            nothing(result),
          )
        }
        // Giving a row of one's own away would put words into another's mouth.
        const given = await attempt(`update ${table} set account_id = $1 where account_id = $2`, [bob, ada])
        expect([table, given]).toEqual([table, '42501'])
        const values = await maker.valuesFor(table, bob)
        const names = Object.keys(values)
        const added = await attempt(
          `insert into ${table} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
          Object.values(values),
        )
        // What was done in an account may be written by whoever did it, and is read by the account alone.
        expect([table, added]).toEqual([table, table === 'audit_log' ? 1 : '42501'])
      }
    })
  })

  it('changes and deletes nothing of what was written down, its own included', async () => {
    await as({ tenant: ada }, async () => {
      expect(await countOf('audit_log', ada)).not.toBe(0)
      expect(await attempt('delete from audit_log where account_id = $1', [ada])).toBe('42501')
      for (const { name } of maker.columnsOf('audit_log'))
        expect([name, await attempt(`update audit_log set ${name} = ${name}`)]).toSatisfy(
          ([, result]: [string, number | string]) => result === '42501' || result === '428C9',
        )
    })
  })

  it('is nobody any more when its transaction has ended, on a connection that is used again', async () => {
    const database = openDatabase(test.registry.databaseUrl, () => {})
    const settings = async () =>
      (
        await sql<{ pid: number; told: string[] }>`
          select pg_backend_pid() as pid, array[coalesce(current_setting('app.tenant', true), ''),
            coalesce(current_setting('app.user', true), ''),
            coalesce(current_setting('app.across_tenants', true), '')] as told`.execute(database)
      ).rows[0]!
    try {
      const { pid } = await settings()
      for (const reach of [{ tenant: ada }, { person: ada }, { across: 'keys' as const }]) {
        await within(database, reach, async (transaction) => {
          await sql`select 1`.execute(transaction)
        })
        expect(await settings()).toEqual({ pid, told: ['', '', ''] })
      }
    } finally {
      await database.destroy()
    }
  })

  it('is itself again after something was done for another', async () => {
    const database = openDatabase(test.registry.databaseUrl, () => {})
    const tenantIn = async (transaction: Transaction<Tables>) =>
      (await sql<{ now: string }>`select current_setting('app.tenant') as now`.execute(transaction)).rows[0]!
        .now
    try {
      await within(database, { tenant: ada }, async (transaction) => {
        expect(await acting(transaction, { tenant: bob }, () => tenantIn(transaction))).toBe(bob)
        expect(await tenantIn(transaction)).toBe(ada)
      })
    } finally {
      await database.destroy()
    }
  })

  it('that is none, or of no known name, sees nothing', async () => {
    for (const tenant of ['', '00000000-0000-4000-8000-000000000000'])
      await as({ tenant }, async () => {
        for (const table of [...walled(), 'reports', 'users', 'sessions'])
          expect([table, (await server.query(`select from ${table}`)).rowCount]).toEqual([table, 0])
      })
  })

  it('would see everything if the walls were down', async () => {
    for (const table of [...walled(), 'reports']) {
      await admin.query(`alter table ${table} disable row level security`)
      try {
        await as({ tenant: ada }, async () => {
          expect([table, await countOf(table, bob)]).not.toEqual([table, 0])
        })
      } finally {
        await admin.query(`alter table ${table} enable row level security`)
      }
    }
  })
})

/** What each purpose opens. A table that isn't named here is opened by none. */
const opened: Record<Purpose, string[]> = {
  review: [
    'appeals',
    'notifications',
    'submission_decisions',
    'submission_steps',
    'submissions',
    'suppressions',
    'trial_runs',
  ],
  keys: ['api_keys', 'entitlements'],
  people: ['invitations', 'memberships'],
  payments: ['entitlements', 'payment_events'],
  deliveries: ['webhook_deliveries', 'webhooks'],
  reports: ['notifications', 'reports'],
  withdrawals: ['machine_skills', 'machines', 'notifications'],
  audit: ['audit_log'],
  upkeep: ['payload_samples'],
}

describe('looking across tenants', () => {
  it.each(Object.keys(opened) as Purpose[])('for %s opens the tables for that alone', async (across) => {
    await as({ across }, async () => {
      const seen: string[] = []
      for (const table of maker.tenantTables)
        if (table !== 'skills' && (await countOf(table, bob)) !== 0) seen.push(table)
      expect(seen).toEqual(opened[across])
    })
  })

  it('opens nothing for a purpose that nobody knows', async () => {
    await as({ across: 'everything' }, async () => {
      for (const table of maker.tenantTables)
        if (table !== 'skills') expect([table, await countOf(table, bob)]).toEqual([table, 0])
    })
  })
})

describe('a person', () => {
  it('sees themselves and where they belong', async () => {
    const person = async (login: string, account: string) => {
      const { rows } = await admin.query<{ id: string }>(
        'insert into users (login, name) values ($1, $1) returning id',
        [login],
      )
      await admin.query(`insert into memberships (account_id, user_id, role) values ($1, $2, 'publisher')`, [
        account,
        rows[0]!.id,
      ])
      await admin.query(
        `insert into sessions (user_id, digest, expires_at)
         values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'), now() + interval '1 day')`,
        [rows[0]!.id, login],
      )
      return rows[0]!.id
    }
    const one = await person('probe-one', ada)
    await person('probe-two', bob)
    await as({ person: one }, async () => {
      expect((await server.query('select login from users')).rows).toEqual([{ login: 'probe-one' }])
      expect((await server.query('select user_id from sessions')).rows).toEqual([{ user_id: one }])
      expect((await server.query('select account_id from memberships')).rows).toEqual([{ account_id: ada }])
      expect(await attempt(`update memberships set role = 'administrator'`)).toBe(0)
      expect(await attempt(`update users set role = 'administrator' where login = 'probe-two'`)).toBe(0)
    })
    for (const across of [...Object.keys(opened), 'everything', ''])
      await as({ tenant: ada, across }, async () => {
        for (const table of ['users', 'sessions'])
          expect([across, table, (await server.query(`select from ${table}`)).rowCount! > 0]).toEqual([
            across,
            table,
            across === 'people',
          ])
      })
  })
})

describe("a connection's settings", () => {
  it('end with the transaction, whatever it came to, before somebody else gets the connection', async () => {
    const url = new URL(test.registry.databaseUrl)
    url.searchParams.set('max', '1')
    const database = openDatabase(url.href, () => {})
    const settings = async () =>
      await database
        .selectNoFrom((select) => [
          select.fn<string>('current_setting', [select.val('app.tenant'), select.val(true)]).as('tenant'),
          select
            .fn<string>('current_setting', [select.val('app.across_tenants'), select.val(true)])
            .as('across'),
        ])
        .executeTakeFirstOrThrow()
    try {
      for (let turn = 0; turn < 12; turn++) {
        await within(database, { tenant: ada }, (transaction) =>
          transaction.selectFrom('bundles').selectAll().execute(),
        )
        await within(database, { across: 'keys' }, () => Promise.reject(new Error('broken'))).catch(() => {})
        const { tenant, across } = await settings()
        expect([tenant ?? '', across ?? '']).toEqual(['', ''])
        expect(await database.selectFrom('submissions').select('id').execute()).toEqual([])
      }
    } finally {
      await database.destroy()
    }
  })
})
