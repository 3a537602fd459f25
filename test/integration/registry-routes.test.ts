import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopeSchema } from '../../src/registry/auth/scopes.ts'
import { call } from '../support/registry-calls.ts'
import { startProbe, toRequest, unknownId, type Probe, type Tenant } from '../support/registry-probe.ts'
import { fill, nameOf, type Route } from '../support/registry-probe-routes.ts'
import { codeOf, type Sent } from '../support/registry-probe-send.ts'

// Every route that the registry describes, asked for by those who may not: made from its own description, so that a new
// route is covered the day it appears. Each answer of this suite is also looked at for what none may hold.

/** Who may ask what: a scope of a key, or whoever is signed in with that scope. */
const mayAsk = `admin, session
  DELETE /api/keys/{id}
  GET /api/journal
  GET /api/keys
  GET /api/people
  POST /api/keys
  POST /api/people
  POST /api/revocations
  PUT /api/people/{login}/role
anybody
  GET /.well-known/agent-skills/index.json
  GET /.well-known/security.txt
  GET /api/signing-key
  GET /api/signing-keys
  GET /api/skills/access
  GET /auth/github
  GET /auth/github/callback
  GET /auth/ways
  GET /catalog.json
  GET /changelog
  GET /console
  GET /console/
  GET /console/assets/{file}
  GET /metrics
  GET /openapi.json
  GET /releases/{slug}/{file}.dsse.json
  GET /releases/{slug}/{file}.skillet
  GET /status
  GET /tarballs/{file}.tgz
  GET /tuf/metadata/{name}
  GET /tuf/targets/*
  POST /api/reports
  POST /api/telemetry
  POST /auth/link
  POST /auth/sign-out
  POST /auth/token
  POST /webhooks/payments
read:bundles
  POST /api/samples
read:bundles, session
  GET /api/bundles
  GET /api/bundles/{id}
read:catalog, read:bundles, read:installs, read:usage, write:publish, write:bundles, write:fleets, write:webhooks, write:inventory, write:account, review:write, admin
  GET /api/account/key
read:installs, write:fleets, session
  GET /api/bundles/{id}/revisions
  GET /api/fleets
  GET /api/fleets/{id}/machines
  GET /api/withdrawn-machines
read:usage, session
  GET /api/usage
review:write, session
  DELETE /api/skills/{slug}/hold
  DELETE /api/suppressions/{id}
  GET /api/reports
  GET /api/review/queue
  GET /api/submissions/{id}/asks
  GET /api/submissions/{id}/trials
  POST /api/reports/{id}/decide
  POST /api/submissions/{id}/appeal/answer
  POST /api/submissions/{id}/approve
  POST /api/submissions/{id}/reject
  POST /api/submissions/{id}/suppressions
  POST /api/submissions/{id}/trial
  PUT /api/skills/{slug}/hold
session
  GET /api/me
  POST /api/accounts
write:account, session
  DELETE /api/account/keys/{id}
  DELETE /api/account/members/{login}
  GET /api/account/journal
  GET /api/account/keys
  GET /api/account/members
  POST /api/account/keys
  PUT /api/account/members/{login}
write:account, write:publish, session
  GET /api/account/notifications
  POST /api/account/notifications/read
  PUT /api/account/notifications/{id}/read
write:bundles, session
  DELETE /api/bundles/{id}
  DELETE /api/bundles/{id}/skills/{slug}
  GET /api/bundles/{id}/samples
  PATCH /api/bundles/{id}
  POST /api/bundles
  POST /api/bundles/{id}/tokens
  PUT /api/bundles/{id}/samples
  PUT /api/bundles/{id}/skills/{slug}
write:fleets, session
  DELETE /api/fleets/{id}
  DELETE /api/fleets/{id}/machines/{machine}
  POST /api/fleets
  POST /api/fleets/{id}/keys
  POST /api/fleets/{id}/push
write:inventory
  GET /api/fleet
  PUT /api/fleet/machines/{hash}
write:publish, review:write, session
  GET /api/submissions
  GET /api/submissions/{id}
  GET /api/submissions/{id}/changes
  GET /api/submissions/{id}/file
  GET /api/submissions/{id}/files
  POST /api/submissions/{id}/rescan
write:publish, session
  POST /api/submissions
  POST /api/submissions/{id}/appeal
write:webhooks, session
  DELETE /api/webhooks/{id}
  GET /api/webhooks
  GET /api/webhooks/{id}/deliveries
  POST /api/webhooks
  POST /api/webhooks/{id}/deliveries/{delivery}/again
  POST /api/webhooks/{id}/test
  PUT /api/webhooks/{id}/on
`

let probe: Probe
beforeAll(async () => {
  probe = await startProbe()
})
afterAll(() => probe?.remove())

/** Each route in turn, all of them within one test: hundreds of tests of a few milliseconds are no easier to read. */
async function each(
  wanted: (route: Route) => boolean,
  work: (route: Route) => Promise<void>,
): Promise<number> {
  const some = probe.routes.filter(wanted)
  for (const route of some) await work(route)
  return some.length
}
async function ask(route: Route, headers: Record<string, string>, accountId: string): Promise<Sent> {
  return probe.send(
    toRequest(
      route,
      headers,
      await probe.thingsFor(route, accountId),
      await probe.queryFor(route, accountId),
      await probe.bodyFor(route, accountId),
    ),
  )
}
/** An answer without what was asked for in it, so that two can be compared. */
const plain = ({ status, text }: Sent, values: readonly string[]) => ({
  status,
  text: values.reduce((all, value) => all.replaceAll(value, '…'), text),
})

describe('the routes', () => {
  it('are all described: nothing reaches the server in another way', () => {
    const folder = join(import.meta.dirname, '../../src/registry')
    const ways = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /\bapp\.(?:on|get|post|put|patch|delete|all|route|mount)\(/.test(
          readFileSync(join(folder, name), 'utf8'),
        ),
      )
    expect(ways).toEqual([join('http', 'endpoint.ts')])
    expect(probe.routes.length).toBeGreaterThan(50)
  })

  it('say who may ask as it is written down here: whoever opens one further changes this list too', () => {
    const groups = new Map<string, string[]>()
    for (const route of probe.routes) {
      const { isPublic, scopes, takesSession } = route
      const who = isPublic ? 'anybody' : [...scopes, ...(takesSession ? ['session'] : [])].join(', ')
      groups.set(who, [...(groups.get(who) ?? []), `  ${nameOf(route)}`])
    }
    const lines = [...groups.keys()].sort().flatMap((who) => [who, ...groups.get(who)!.sort()])
    expect(`${lines.join('\n')}\n`).toBe(mayAsk)
  })

  it('answer those who may ask, so that a refusal to others is about who they are', async () => {
    await each(
      () => true,
      async (route) => {
        for (const headers of probe.callersOf(route, probe.bob)) {
          const answer = await ask(route, headers, probe.bob.accountId)
          const name = nameOf(route)
          const code = codeOf(answer)
          // What the probe makes up is right in form, or it would never get past the first look at it.
          if (route.bytes === null && answer.text.includes('Correct the request.'))
            expect([name, answer.text]).toEqual([name, 'something else'])
          // Samples are refused until the bundle's owner asks for them, whoever brings them.
          if (!route.isPublic && route.path !== '/api/samples')
            expect([name, code]).not.toEqual([name, expect.stringMatching(/^(?:UNAUTHORIZED|FORBIDDEN)$/)])
        }
      },
    )
  })
})

describe('without a way in', () => {
  it('nothing that is not for everybody is answered: no key, or one that is unknown, malformed, ended or over', async () => {
    const ended = await probe.mint('probe-bob', ['read:catalog'])
    const over = await probe.mint('probe-bob', ['read:catalog'])
    await probe.admin.query(`update api_keys set scopes = '{admin}', revoked_at = now() where id = $1`, [
      ended.id,
    ])
    await probe.admin.query(`update api_keys set scopes = '{admin}', expires_at = now() where id = $1`, [
      over.id,
    ])
    const ways: Record<string, string>[] = [
      {},
      ...[`rec_${'A'.repeat(43)}`, 'rec_', "' or 1=1 --", `${'A'.repeat(5000)}`, ended.key, over.key].map(
        (key) => ({
          'x-api-key': key,
        }),
      ),
      { authorization: 'Bearer none' },
      { authorization: `Bearer ${ended.key}` },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { cookie: 'skillet=none' },
    ]
    const before = await probe.printOf(probe.ada.accountId)
    const asked = await each(
      (route) => !route.isPublic,
      async (route) => {
        for (const headers of ways) {
          const answer = await ask(route, headers, probe.bob.accountId)
          expect([nameOf(route), headers, answer.status, codeOf(answer)]).toEqual([
            nameOf(route),
            headers,
            401,
            'UNAUTHORIZED',
          ])
        }
      },
    )
    expect(asked).toBeGreaterThan(30)
    expect(await probe.printOf(probe.ada.accountId)).toBe(before)
  })

  it('a key that was stolen opens nothing once it is ended', async () => {
    const { id, key } = await probe.mint('probe-bob', scopeSchema.options)
    const who = { 'x-api-key': key }
    const routes = probe.routes.filter(
      (route) => !route.isPublic && route.scopes.length > 0 && route.method === 'GET',
    )
    for (const route of routes)
      expect([nameOf(route), (await ask(route, who, probe.bob.accountId)).status]).not.toEqual([
        nameOf(route),
        401,
      ])
    expect((await call(probe.test.registry.url, 'DELETE', `/api/keys/${id}`, probe.staff)).status).toBe(200)
    for (const route of routes)
      expect([nameOf(route), (await ask(route, who, probe.bob.accountId)).status]).toEqual([
        nameOf(route),
        401,
      ])
  })
})

describe('with too little', () => {
  it('a key that lacks the scope is refused, whatever else it may', async () => {
    const keys = new Map<string, string>()
    await each(
      (route) => !route.isPublic,
      async (route) => {
        const others = scopeSchema.options.filter(
          (scope) => scope !== 'admin' && !route.scopes.includes(scope),
        )
        const name = others.join()
        const key = keys.get(name) ?? (await probe.mint('probe-bob', others)).key
        keys.set(name, key)
        const answer = await ask(route, { 'x-api-key': key }, probe.bob.accountId)
        // Where somebody must be signed in, a key is none at all.
        const wanted = route.scopes.length === 0 ? [401, 'UNAUTHORIZED'] : [403, 'FORBIDDEN']
        expect([nameOf(route), answer.status, codeOf(answer)]).toEqual([nameOf(route), ...wanted])
      },
    )
  })

  it("a fleet's key and a share token do what they are for alone", async () => {
    const may = ['read:catalog', 'read:bundles', 'write:inventory']
    for (const who of [probe.bob.fleetKey, probe.bob.token])
      await each(
        ({ isPublic, scopes }) => !isPublic && !scopes.some((scope) => may.includes(scope)),
        async (route) => {
          const { status } = await ask(route, who, probe.bob.accountId)
          expect([nameOf(route), status]).toEqual([nameOf(route), route.scopes.length === 0 ? 401 : 403])
        },
      )
  })

  it('whoever is signed in counts for nothing where the console has no business', async () => {
    const asked = await each(
      ({ isPublic, takesSession }) => !isPublic && !takesSession,
      async (route) => {
        const { status } = await ask(route, probe.bob.session, probe.bob.accountId)
        expect([nameOf(route), status]).toEqual([nameOf(route), 401])
      },
    )
    expect(asked).toBeGreaterThan(0)
  })

  it('nobody acts for an account that they do not belong to', async () => {
    const headers = (account: string) => ({ ...probe.bob.session, 'x-skillet-account': account })
    await each(
      ({ takesSession }) => takesSession,
      async (route) => {
        const theirs = await ask(route, headers(probe.ada.name), probe.ada.accountId)
        const nobodys = await ask(route, headers('nobody-at-all'), probe.ada.accountId)
        expect([nameOf(route), theirs.status]).toEqual([nameOf(route), 403])
        expect(plain(theirs, [probe.ada.name])).toEqual(plain(nobodys, ['nobody-at-all']))
      },
    )
  })
})

describe("another's things", () => {
  it('are as unknown as what does not exist, wherever their number is put', areUnknown)

  it('are in no list', areUnlisted)

  it('are found by their account too: with the walls in the database down, all of that holds as well', async () => {
    const walls = async (to: 'disable' | 'enable') => {
      for (const table of probe.rows.tenantTables)
        if (table !== 'skills') await probe.admin.query(`alter table ${table} ${to} row level security`)
    }
    // One of each tenant's machines holds a skill that was withdrawn, or the list of those would be empty anyway.
    const { rows } = await probe.admin.query<{ slug: string }>('select slug from skills limit 1')
    await probe.admin.query(`update machine_skills set slug = $1`, [rows[0]!.slug])
    await probe.admin.query(
      `insert into revocations (slug, version, reason, severity, rotate, revoked_at)
       values ($1, '*', 'A test.', 'high', '{}', now())`,
      [rows[0]!.slug],
    )
    const withdrawn = await call(probe.test.registry.url, 'GET', '/api/withdrawn-machines', probe.ada.session)
    expect(withdrawn.body.withdrawn.length).toBeGreaterThan(0)
    await walls('disable')
    try {
      await areUnknown()
      await areUnlisted()
      await areUncounted()
    } finally {
      await walls('enable')
    }
  })

  it("are closed to a share token and a fleet's key of the same account too", async () => {
    await each(
      ({ scopes, path }) => scopes.includes('read:bundles') && path.includes('{id}'),
      async (route) => {
        for (const headers of [probe.bob.token, probe.bob.fleetKey]) {
          const { status } = await ask(route, headers, probe.bob.accountId)
          expect([nameOf(route), status]).toEqual([nameOf(route), 404])
        }
      },
    )
  })

  async function areUnknown(): Promise<void> {
    const count = { ids: 0 }
    await each(
      () => true,
      async (route) => {
        const ids = probe.idsIn(route)
        for (const headers of callers(route, probe.bob)) {
          const own = async () => ({
            values: await probe.thingsFor(route, probe.bob.accountId),
            query: await probe.queryFor(route, probe.bob.accountId),
            body: await probe.bodyFor(route, probe.bob.accountId),
          })
          for (const [kind, name] of [
            ...ids.path.map((one) => ['values', one] as const),
            ...ids.query.map((one) => ['query', one] as const),
            ...ids.body.map((one) => ['body', one] as const),
          ]) {
            count.ids++
            const theirs =
              kind === 'values'
                ? (await probe.thingsFor(route, probe.ada.accountId))[name]!
                : String(
                    (kind === 'body'
                      ? await probe.bodyFor(route, probe.ada.accountId)
                      : await probe.queryFor(route, probe.ada.accountId))![name],
                  )
            const print = await probe.printOf(probe.ada.accountId)
            const answers: object[] = []
            for (const id of [theirs, unknownId()]) {
              const { values, query, body } = await own()
              Object.assign(kind === 'values' ? values : kind === 'query' ? query : body!, { [name]: id })
              const answer = await probe.send(toRequest(route, headers, values, query, body))
              expect([nameOf(route), name, answer.status >= 400]).toEqual([nameOf(route), name, true])
              answers.push(plain(answer, [id]))
            }
            expect([nameOf(route), name, answers[0]]).toEqual([nameOf(route), name, answers[1]])
            expect(await probe.printOf(probe.ada.accountId)).toBe(print)
          }
        }
      },
    )
    expect(count.ids).toBeGreaterThan(20)
  }

  /** What was told to one account is neither counted nor marked as read by another. */
  async function areUncounted(): Promise<void> {
    const unreadOf = async (account: string) =>
      Number(
        (
          await probe.admin.query<{ count: string }>(
            'select count(*) from notifications where account_id = $1 and read_at is null',
            [account],
          )
        ).rows[0]!.count,
      )
    const { url } = probe.test.registry
    const bob = (method: string, path: string) => call(url, method, path, probe.bob.session)
    const news = async () => (await bob('GET', '/api/account/notifications')).body.unread as number
    const theirs = await unreadOf(probe.ada.accountId)
    expect(theirs).toBeGreaterThan(0)
    expect(await news()).toBe(await unreadOf(probe.bob.accountId))
    expect((await bob('POST', '/api/account/notifications/read')).status).toBe(204)
    expect(await news()).toBe(0)
    expect(await unreadOf(probe.ada.accountId)).toBe(theirs)
  }

  async function areUnlisted(): Promise<void> {
    const theirs = new Set<string>()
    for (const table of probe.rows.tenantTables) {
      const columns = probe.rows.columnsOf(table).map(({ name }) => name)
      if (!columns.includes('id')) continue
      const { rows } = await probe.admin.query<{ id: string }>(
        `select id::text from ${table} where account_id = $1`,
        [probe.ada.accountId],
      )
      for (const { id } of rows) theirs.add(id)
    }
    // Who belongs there has no number in any list.
    const people = await probe.admin.query<{ login: string }>(
      `select login from invitations where account_id = $1 union
       select login from memberships join users on users.id = user_id where account_id = $1`,
      [probe.ada.accountId],
    )
    expect(people.rows.length).toBeGreaterThan(1)
    for (const { login } of people.rows) theirs.add(login)
    expect(theirs.size).toBeGreaterThan(20)
    await each(
      ({ method, isPublic }) => method === 'GET' && !isPublic,
      async (route) => {
        for (const headers of callers(route, probe.bob)) {
          const { text } = await ask(route, headers, probe.bob.accountId)
          expect([nameOf(route), [...theirs].filter((id) => text.includes(id))]).toEqual([nameOf(route), []])
        }
      },
    )
  }

  /** Whoever a tenant can send: a route for the registry's own people refuses all of them alike. */
  function callers(route: Route, { key, session, fleetKey, token }: Tenant): Record<string, string>[] {
    return route.scopes.includes('write:inventory') ? [key, fleetKey] : [key, session, token]
  }
})

describe('methods', () => {
  it('that a path does not have are refused, and pages of others get no leave to ask', async () => {
    const paths = [...new Set(probe.routes.map(({ path }) => path))]
    for (const path of paths) {
      const has = probe.routes.filter((route) => route.path === path).map(({ method }) => method)
      const values = await probe.thingsFor({ path } as Route, probe.bob.accountId)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        if (has.includes(method)) continue
        const { status } = await probe.send({
          method,
          path: fill(path, values),
          headers: { ...probe.staff, origin: 'https://evil.example', 'access-control-request-method': 'GET' },
        })
        // Another route may have this very path, as `access` in the place of a name.
        expect([method, path, status]).toEqual([method, path, 404])
      }
      if (!has.includes('GET')) continue
      const isPublic = probe.routes.some((route) => route.path === path && route.isPublic)
      const head = await probe.send({ method: 'HEAD', path: fill(path, values) })
      expect(head.text).toBe('')
      if (!isPublic) expect([path, head.status]).toEqual([path, 401])
    }
  })
})
