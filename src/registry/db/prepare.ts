import { createHmac } from 'node:crypto'
import pg from 'pg'
import { SkilletError } from '../../shared/errors.ts'
import { prepareJobs } from '../jobs/prepare-jobs.ts'
import { initial } from './migrations/001-initial.ts'
import { envelopes } from './migrations/002-envelopes.ts'
import { tenants } from './migrations/003-tenants.ts'

/** In order; a migration that was released never changes. */
const migrations: readonly { name: string; sql: string }[] = [
  { name: '001-initial', sql: initial },
  { name: '002-envelopes', sql: envelopes },
  { name: '003-tenants', sql: tenants },
]

/**
 * Brings a database up to date and returns the address with which the server connects: as a role that owns nothing
 * and can't step around row-level security. `adminUrl` needs the right to create roles and schemas.
 * Several registries may start on one database at once; the second waits for the first.
 */
export async function prepareDatabase(adminUrl: string): Promise<{ serverUrl: string }> {
  const url = new URL(adminUrl)
  if (url.password === '')
    throw new SkilletError('INPUT_INVALID', 'The address of the database has no password.', {
      remedy: 'Write it as postgres://NAME:PASSWORD@HOST:PORT/DATABASE',
    })
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // The query that was under way rejects with the same error.
  try {
    await client.connect()
  } catch (error) {
    throw new SkilletError('INPUT_INVALID', `The database at ${url.host} can't be opened.`, {
      remedy: 'Check that it runs, and the name and password in its address.',
      cause: error,
    })
  }
  try {
    const { rows } = await client.query<{ name: string }>('select current_database() as name')
    const owner = `${rows[0]!.name}_owner`
    const server = `${rows[0]!.name}_server`
    // Derived, not stored: every registry that knows the database's own password arrives at the same one.
    const password = createHmac('sha256', decodeURIComponent(url.password)).update(server).digest('hex')
    await client.query('begin')
    await client.query("select pg_advisory_xact_lock(hashtext('skillet registry migrations'))")
    await prepareRoles(client, owner, server, password)
    await migrate(client, owner, server)
    await client.query('reset role')
    await prepareJobs(client, owner, server)
    await client.query('commit')
    url.username = encodeURIComponent(server)
    url.password = password
    return { serverUrl: url.href }
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501')
      throw new SkilletError('INPUT_INVALID', 'The database account may not create roles and schemas.', {
        remedy: 'As its administrator: ALTER ROLE … CREATEROLE; GRANT CREATE ON DATABASE … TO …;',
        cause: error,
      })
    throw error
  } finally {
    await client.end()
  }
}

async function prepareRoles(
  client: pg.Client,
  owner: string,
  server: string,
  password: string,
): Promise<void> {
  const id = (name: string) => client.escapeIdentifier(name)
  for (const [role, kind] of [
    [owner, 'nologin'],
    [server, 'login'],
  ] as const) {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
    if (rowCount === 0)
      await client.query(`create role ${id(role)} ${kind} nosuperuser nobypassrls noinherit`)
  }
  await client.query(`alter role ${id(server)} password ${client.escapeLiteral(password)}`)
  await client.query(`grant ${id(owner)} to current_user`)
  await client.query(`create schema if not exists registry authorization ${id(owner)}`)
  const { rows } = await client.query<{ unsafe: boolean }>(
    `select rolsuper or rolbypassrls or exists (select 1 from pg_class where relowner = r.oid)
            or pg_has_role(r.oid, (select oid from pg_roles where rolname = $2), 'member') as unsafe
     from pg_roles r where rolname = $1`,
    [server, owner],
  )
  if (rows[0]?.unsafe !== false)
    throw new SkilletError(
      'INPUT_INVALID',
      `The database role ${server} could step around the tenants' walls.`,
      {
        remedy: `Take SUPERUSER, BYPASSRLS and everything that it owns away from ${server}.`,
      },
    )
}

async function migrate(client: pg.Client, owner: string, server: string): Promise<void> {
  await client.query(`set local role ${client.escapeIdentifier(owner)}`)
  await client.query('set local search_path = registry')
  await client.query(
    'create table if not exists migrations (name text primary key, at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ name: string }>('select name from migrations')
  const done = new Set(rows.map((row) => row.name))
  for (const { name, sql } of migrations) {
    if (done.has(name)) continue
    await client.query(
      sql
        .replaceAll(':owner', client.escapeIdentifier(owner))
        .replaceAll(':server', client.escapeIdentifier(server)),
    )
    await client.query('insert into migrations (name) values ($1)', [name])
  }
}
