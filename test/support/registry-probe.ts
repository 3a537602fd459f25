import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { scopes, type Scope } from '../../src/registry/auth/scopes.ts'
import { call, cookieOf, fromConsole, tokenOf } from './registry-calls.ts'
import { fill, placesOf, readRoutes, sampleOf, type JsonSchema, type Route } from './registry-probe-routes.ts'
import { createSender, type Send, type Sent } from './registry-probe-send.ts'
import { createRowMaker, type RowMaker } from './registry-rows.ts'
import { openAsOwner, packSample, startTestRegistry, type TestRegistry } from './registry.ts'

export const paymentSecret = 'shared with the provider'
const tenantScopes = scopes.filter((scope) => scope !== 'admin' && scope !== 'review:write')

/** A tenant with everything that one may have: a team of its own, a plan, keys of every kind, somebody signed in. */
export interface Tenant {
  readonly name: string
  readonly accountId: string
  readonly session: Record<string, string>
  readonly key: Record<string, string>
  readonly fleetKey: Record<string, string>
  readonly token: Record<string, string>
}

/**
 * What the parameters of paths stand for: the table whose rows they name, and for a part of something else the column
 * that says of what. A parameter that is in neither list stops the probe: say here what it is.
 */
const rowsBehind: Record<string, { table: string; within?: Record<string, string> }> = {
  'bundles/{id}': { table: 'bundles' },
  'fleets/{id}': { table: 'fleets' },
  'machines/{machine}': { table: 'machines', within: { fleet_id: 'id' } },
  'submissions/{id}': { table: 'submissions' },
  'keys/{id}': { table: 'api_keys' },
  'reports/{id}': { table: 'reports' },
  'webhooks/{id}': { table: 'webhooks' },
  'deliveries/{delivery}': { table: 'webhook_deliveries', within: { webhook_id: 'id' } },
  'appeals/{id}': { table: 'appeals' },
  'suppressions/{id}': { table: 'suppressions' },
  'trials/{id}': { table: 'trial_runs' },
  'notifications/{id}': { table: 'notifications' },
}
/** Names that are no secret, with one that is there. `{slug}` is the skill that the probe published. */
const namesBehind: Record<string, string> = {
  'releases/{slug}': 'probe-skill',
  'skills/{slug}': 'probe-skill',
  '{slug}/{file}': '1.0.0',
  'tarballs/{file}': 'a'.repeat(64),
  'metadata/{name}': 'timestamp.json',
  'assets/{file}': 'index.js',
  'people/{login}': 'probe-person',
  'members/{login}': 'probe-person',
  'machines/{hash}': 'b'.repeat(64),
}
/** Tables behind the ids that bodies and queries name. */
const idsBehind: Record<string, string> = { bundle: 'bundles', fleet: 'fleets', submission: 'submissions' }

export interface Probe {
  readonly test: TestRegistry
  readonly admin: pg.Client
  readonly rows: RowMaker
  readonly routes: readonly Route[]
  readonly send: (what: Send) => Promise<Sent>
  /** Whose things the others are after. */
  readonly ada: Tenant
  /** Who is after them. */
  readonly bob: Tenant
  /** The registry's own administrator, by key. */
  readonly staff: Record<string, string>
  /** Who may ask this, as headers: as `tenant`, or the administrator where no tenant may. None where anybody may. */
  callersOf(route: Route, tenant: Tenant): Record<string, string>[]
  /** Values for a path's parameters: new rows of this account, which are rows of nobody else's. */
  thingsFor(route: Route, accountId: string): Promise<Record<string, string>>
  /** The parameters, and members of the body and the query, that name somebody's rows. */
  idsIn(route: Route): { path: string[]; body: string[]; query: string[] }
  /** A body that is right, for an account; undefined where the route takes none. */
  bodyFor(route: Route, accountId: string): Promise<Record<string, unknown> | undefined>
  queryFor(route: Route, accountId: string): Promise<Record<string, string>>
  /** Everything that belongs to an account, in one number. */
  printOf(accountId: string): Promise<string>
  /** The database's tables, columns, policies and functions, in one number. */
  printOfSchema(): Promise<string>
  mint(account: string, scopes: readonly Scope[]): Promise<{ id: string; key: string }>
  remove(): Promise<void>
}

export async function startProbe(): Promise<Probe> {
  const test = await startTestRegistry({ paymentSecret, rateLimitFactor: 10_000 })
  const { url } = test.registry
  const admin = await openAsOwner(test)
  const rows = await createRowMaker(admin)
  const sender = createSender(url)
  const staff = { 'x-api-key': test.adminKey }

  const mint = async (account: string, wanted: readonly Scope[]) => {
    const { body } = await call(url, 'POST', '/api/keys', staff, {
      account,
      label: 'probe',
      scopes: wanted,
      tier: 'operator',
    })
    return body as { id: string; key: string }
  }
  const tenant = async (name: string): Promise<Tenant> => {
    const { body } = await call(url, 'POST', '/api/people', staff, { login: name })
    const opened = await fetch(`${url}/auth/link`, {
      method: 'POST',
      headers: { ...fromConsole(url), 'content-type': 'application/json' },
      body: JSON.stringify({ word: (body.link as string).split('/').at(-1) }),
    })
    const session = { authorization: `Bearer ${await tokenOf(url, cookieOf(opened, 'skillet') ?? '')}` }
    const { rows: found } = await admin.query<{ id: string }>('select id from accounts where name = $1', [
      name,
    ])
    const accountId = found[0]!.id
    await admin.query(
      `insert into entitlements (account_id, tier, source) values ($1, 'operator', 'probe')
       on conflict (account_id) do update set tier = 'operator'`,
      [accountId],
    )
    for (const table of rows.tenantTables) if (table !== 'entitlements') await rows.insert(table, accountId)
    const bundle = await rows.insert('bundles', accountId)
    const fleet = await rows.insert('fleets', accountId, { bundle_id: bundle['id'] })
    const made = async (path: string) => ({
      'x-api-key': (await call(url, 'POST', path, session, { label: 'probe' })).body.key as string,
    })
    return {
      name,
      accountId,
      session,
      key: { 'x-api-key': (await mint(name, tenantScopes)).key },
      fleetKey: await made(`/api/fleets/${String(fleet['id'])}/keys`),
      token: await made(`/api/bundles/${String(bundle['id'])}/tokens`),
    }
  }

  const publisher = test.client((await mint('skillet-labs', ['write:publish'])).key)
  const { id } = await publisher.publish(await packSample({ slug: 'probe-skill' }))
  await test.admin.approve(id, '')
  const routes = await readRoutes(url)
  // Letters that no random hexadecimal name holds.
  const ada = await tenant('probe-anna')
  const bob = await tenant('probe-bob')

  const tableOf = (name: string, schema: JsonSchema) =>
    schema.format === 'uuid' ? (idsBehind[name.replace(/Id$/, '')] ?? null) : null

  const membersOf = async (schema: JsonSchema, accountId: string) => {
    const ids: Record<string, string> = {}
    for (const [name, of] of Object.entries(schema.properties ?? {})) {
      if (of.format !== 'uuid') continue
      const table = tableOf(name, of)
      if (table === null)
        throw new Error(`The probe does not know whose the id ${name} is: say so in idsBehind.`)
      ids[name] = String((await rows.insert(table, accountId))['id'])
    }
    return sampleOf(schema, '', (name) =>
      name === 'slug' ? 'probe-skill' : name === 'url' ? 'https://example.com/probe' : ids[name],
    ) as Record<string, unknown>
  }

  return {
    test,
    admin,
    rows,
    routes,
    send: sender.send,
    ada,
    bob,
    staff,
    mint,
    callersOf(route, who) {
      if (route.isPublic) return [{}]
      if (route.scopes.length === 0) return [who.session]
      if (route.scopes.every((scope) => scope === 'admin' || scope === 'review:write')) return [staff]
      if (route.scopes.includes('write:inventory')) return [who.fleetKey]
      return route.takesSession ? [who.key, who.session] : [who.key]
    },
    async thingsFor({ path }, accountId) {
      const values: Record<string, string> = {}
      for (const { name, place } of placesOf(path)) {
        const row = rowsBehind[place]
        const known = namesBehind[place]
        if (row !== undefined) {
          const set = Object.fromEntries(
            Object.entries(row.within ?? {}).map(([column, parameter]) => [column, values[parameter]]),
          )
          values[name] = String((await rows.insert(row.table, accountId, set))['id'])
        } else if (known !== undefined) values[name] = known
        else throw new Error(`The probe does not know what ${place} of ${path} is: say so in rowsBehind.`)
      }
      return values
    },
    idsIn(route) {
      return {
        path: placesOf(route.path).flatMap(({ name, place }) => (place in rowsBehind ? [name] : [])),
        body: Object.entries(route.body?.properties ?? {}).flatMap(([name, of]) =>
          tableOf(name, of) ? [name] : [],
        ),
        query: route.parameters.flatMap((one) =>
          one.in === 'query' && tableOf(one.name, one.schema) ? [one.name] : [],
        ),
      }
    },
    bodyFor: async (route, accountId) => (route.body === null ? undefined : membersOf(route.body, accountId)),
    async queryFor(route, accountId) {
      const properties = Object.fromEntries(
        route.parameters.flatMap((one) =>
          one.in === 'query' && one.required ? [[one.name, one.schema]] : [],
        ),
      )
      const values = await membersOf({ properties }, accountId)
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
    },
    async printOf(accountId) {
      const parts = rows.tenantTables.map(
        (table) =>
          `select '${table} ' || count(*) || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as print
           from ${table} t where account_id = $1`,
      )
      const { rows: found } = await admin.query<{ print: string }>(parts.join(' union all '), [accountId])
      return found.map(({ print }) => print).join('\n')
    },
    async printOfSchema() {
      const { rows: found } = await admin.query<{ print: string }>(`
        select md5(string_agg(line, ',' order by line)) as print from (
          select c.relname || ' ' || a.attname || ' ' || a.atttypid || c.relrowsecurity || c.relforcerowsecurity || coalesce(c.relacl::text, '') as line
          from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = 'registry'::regnamespace
          union all select polname || coalesce(pg_get_expr(polqual, polrelid), '') from pg_policy
          union all select proname || prosrc from pg_proc where pronamespace = 'registry'::regnamespace) all_of_it`)
      return found[0]!.print
    },
    async remove() {
      sender.close()
      await admin.end()
      await test.remove()
    },
  }
}

/** An id that nobody has. */
export const unknownId = randomUUID

/** A request to a route. */
export function toRequest(
  route: Route,
  headers: Record<string, string>,
  values: Record<string, string>,
  query: Record<string, string>,
  body: unknown,
): Send {
  return {
    method: route.method,
    path: fill(route.path, values, query),
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}
