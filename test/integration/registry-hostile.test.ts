import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, fromConsole } from '../support/registry-calls.ts'
import { paymentSecret, startProbe, toRequest, type Probe } from '../support/registry-probe.ts'
import { fill, nameOf, type JsonSchema, type Route } from '../support/registry-probe-routes.ts'
import { codeOf } from '../support/registry-probe-send.ts'

// What nobody well-meaning sends, to every route that takes it, by those who may call it: the refusal comes from what was
// sent. Afterwards the database is looked at: one tenant's rows and the schema itself must be as they were.

let probe: Probe
beforeAll(async () => {
  probe = await startProbe()
})
afterAll(() => probe?.remove())

/** Runs `work` for each route that it is meant for; another tenant and the schema must not notice. */
async function attack(
  wanted: (route: Route) => boolean,
  work: (route: Route) => Promise<void>,
): Promise<void> {
  const prints = async () => [await probe.printOf(probe.ada.accountId), await probe.printOfSchema()]
  const before = await prints()
  const some = probe.routes.filter(wanted)
  expect(some.length).toBeGreaterThan(10)
  for (const route of some) {
    await work(route)
    const after = await prints()
    expect([nameOf(route), after]).toEqual([nameOf(route), before])
  }
}
/** Headers of somebody who may call it. A page's own headers come along, for the routes of signing in. */
const caller = (route: Route) => ({
  ...fromConsole(probe.test.registry.url),
  ...probe.callersOf(route, probe.bob)[0],
})
async function prepared(route: Route) {
  const { accountId } = probe.bob
  return {
    headers: caller(route),
    values: await probe.thingsFor(route, accountId),
    query: await probe.queryFor(route, accountId),
    body: await probe.bodyFor(route, accountId),
  }
}
/** Half of a surrogate pair has no encoding: its bytes are sent as they would be. */
const escape = (text: string) => (text === '\ud800' ? '%ED%A0%80' : encodeURIComponent(text))
const takesJson = ({ body }: Route) => body !== null

const injections = [
  `'; drop table registry.accounts cascade; --`,
  `' or '1'='1`,
  `1); delete from registry.api_keys; --`,
  `$1`,
  `%' or 1=1 --`,
  `\\'; select pg_sleep(5); --`,
  `{"$ne":null}`,
  `../../../../etc/passwd`,
]
/** What a database, a log or a page might take for something else. */
const oddities = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u2066',
  '\r\nset-cookie: a=b',
  '<script>alert(1)</script>',
  'x'.repeat(60_000),
]

describe('a body', () => {
  it('with a field that nobody asked for is refused: nobody makes themselves what they are not', async () => {
    const extra = [
      'account_id',
      'accountId',
      'id',
      'role_',
      'isAdmin',
      'createdBy',
      'state_',
      '__proto__',
      'constructor',
    ]
    await attack(takesJson, async (route) => {
      const { headers, values, query, body } = await prepared(route)
      for (const field of extra) {
        if (Object.keys(route.body?.properties ?? {}).includes(field)) continue
        const text = JSON.stringify(body)
        const more = `${text.slice(0, -1)}${text === '{}' ? '' : ','}"${field}":"probe"}`
        const { method, path } = toRequest(route, headers, values, query, undefined)
        const answer = await probe.send({ method, path, headers, body: more })
        expect([nameOf(route), field, codeOf(answer)]).toEqual([nameOf(route), field, 'INPUT_INVALID'])
        // Refused for its form, before anything else about it is looked at.
        expect([nameOf(route), field, answer.text]).toEqual([
          nameOf(route),
          field,
          expect.stringContaining('Correct the request.'),
        ])
      }
    })
  })

  it('that is no JSON, no text, or too much is refused before anything happens', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(1_000_000) })
    const bodies: [string, string | Uint8Array, string[]][] = [
      ['nothing', '', ['INPUT_INVALID']],
      ['cut off', '{"name":"pro', ['INPUT_INVALID']],
      ['a comment', '{/* */}', ['INPUT_INVALID']],
      ['form data', 'name=probe&role=administrator', ['INPUT_INVALID']],
      ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), ['INPUT_INVALID']],
      ['UTF-16', Buffer.from('{"name":"probe"}', 'utf16le'), ['INPUT_INVALID']],
      ['null', 'null', ['INPUT_INVALID']],
      ['a list', '[{}]', ['INPUT_INVALID']],
      ['a number', '1e999', ['INPUT_INVALID']],
      ['30,000 lists in one another', '['.repeat(30_000) + ']'.repeat(30_000), ['INPUT_INVALID']],
      ['10,000 objects in one another', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), ['INPUT_INVALID']],
      ['a megabyte', big, ['TOO_LARGE']],
    ]
    await attack(takesJson, async (route) => {
      const { headers, values, query } = await prepared(route)
      const { method, path } = toRequest(route, headers, values, query, undefined)
      for (const [what, body, codes] of bodies) {
        const answer = await probe.send({ method, path, headers, body })
        expect([nameOf(route), what, codes.includes(codeOf(answer) ?? '')]).toEqual([
          nameOf(route),
          what,
          true,
        ])
      }
      // A megabyte that doesn't say how long it is.
      const unsaid = await probe.send({
        method,
        path,
        headers: { ...headers, 'transfer-encoding': 'chunked' },
        body: big,
      })
      expect([nameOf(route), codeOf(unsaid)]).toEqual([nameOf(route), 'TOO_LARGE'])
    })
  })

  it('with values of other kinds, or that mean something to a database, is refused or taken as text', async () => {
    const wrong = [null, true, -1, 1.5, 1e308, '', [], {}, [null], { $gt: '' }, ...injections, ...oddities]
    await attack(takesJson, async (route) => {
      for (const [name, schema] of Object.entries(route.body?.properties ?? {})) {
        const { headers, values, query, body } = await prepared(route)
        for (const value of [...wrong, ...wrapped(schema)]) {
          const answer = await probe.send(
            toRequest(route, headers, values, query, { ...body, [name]: value }),
          )
          if (typeof value === 'string' && value.includes('\u0000'))
            expect([nameOf(route), name, value, codeOf(answer)]).toEqual([
              nameOf(route),
              name,
              value,
              'INPUT_INVALID',
            ])
        }
        // An object is what this may be.
        if (schema.type === 'object') continue
        // The same name twice: one of them counts, and it is the one that was judged.
        const text = JSON.stringify(body)
        const { method, path } = toRequest(route, headers, values, query, undefined)
        const twice = `${text.slice(0, -1)},"${name}":{}}`
        expect([
          nameOf(route),
          name,
          codeOf(await probe.send({ method, path, headers, body: twice })),
        ]).toEqual([nameOf(route), name, 'INPUT_INVALID'])
      }
    })
  })

  /** The same within the lists that a body holds. */
  function wrapped(schema: JsonSchema): unknown[] {
    return schema.type === 'array' ? [...injections, ...oddities].map((text) => [text]) : []
  }

  it('of bytes that are no skill is turned away by the pipeline, or at the door', async () => {
    for (const route of probe.routes.filter(({ bytes }) => bytes !== null)) {
      const headers = caller(route)
      for (const body of [Buffer.alloc(0), Buffer.from('no archive'), Buffer.alloc(40 * 1024 * 1024)]) {
        const { path } = toRequest(
          route,
          headers,
          await probe.thingsFor(route, probe.bob.accountId),
          {},
          undefined,
        )
        const answer = await probe.send({ method: route.method, path, headers, body })
        expect([nameOf(route), body.length, answer.status]).toSatisfy(
          ([, length, status]: [string, number, number]) => (length === 10 ? status < 500 : status >= 400),
        )
      }
    }
  })
})

describe('an address', () => {
  it('with what means something to a database, a disk or a header in the place of a name finds nothing', async () => {
    const texts = [
      ...injections,
      ...oddities.filter((text) => text.length < 100),
      '.',
      '..',
      '%2e%2e%2f',
      '%',
      '*',
    ]
    await attack(
      ({ path }) => path.includes('{') || path.includes('*'),
      async (route) => {
        const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
        for (const name of [...names, ...(route.path.includes('*') ? ['*'] : [])]) {
          const { headers, values, query, body } = await prepared(route)
          for (const text of texts) {
            const encoded = escape(text)
            const path = (
              name === '*'
                ? route.path.replace('*', encoded)
                : fill(route.path, { ...values, [name]: '\u0001' }, query)
            ).replace('%01', encoded)
            const { status } = await probe.send({
              method: route.method,
              path,
              headers,
              ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            })
            expect([nameOf(route), name, text, status]).toSatisfy(
              ([, , , got]: [string, string, string, number]) => got >= 400,
            )
          }
        }
      },
    )
  })

  it('with such things behind the question mark neither breaks nor opens anything', async () => {
    await attack(
      ({ method }) => method === 'GET',
      async (route) => {
        const { headers, values } = await prepared(route)
        const named = route.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
        for (const name of [...named, 'account_id', '__proto__'])
          for (const text of [
            ...injections,
            ...oddities.filter((one) => one.length < 100),
            '-1',
            '1e9',
            'NaN',
          ]) {
            const value = escape(text)
            await probe.send({
              method: 'GET',
              path: `${fill(route.path, values)}?${name}=${value}&${name}=${value}`,
              headers,
            })
          }
        await probe.send({
          method: 'GET',
          path: `${fill(route.path, values)}?${'a=1&'.repeat(3000)}`,
          headers,
        })
      },
    )
  })
})

describe('the same once more', () => {
  it('a link signs in one of those who open it at the same time', async () => {
    const { url } = probe.test.registry
    const { body } = await call(url, 'POST', '/api/people', probe.staff, { login: 'probe-race' })
    const word = (body.link as string).split('/').at(-1)
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => call(url, 'POST', '/auth/link', fromConsole(url), { word })),
    )
    expect(opened.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      204,
      ...Array.from({ length: 7 }, () => 401),
    ])
    // One that was used and one that never was are told apart by nobody.
    const used = await call(url, 'POST', '/auth/link', fromConsole(url), { word })
    const unknown = await call(url, 'POST', '/auth/link', fromConsole(url), { word: 'A'.repeat(43) })
    expect(used.body).toEqual(unknown.body)
  })

  it('an event of a payment counts once, however often and fast it comes', async () => {
    const body = JSON.stringify({
      id: 'evt_probe',
      kind: 'entitlement.changed',
      account: 'probe-bob',
      tier: 'pro_plus',
      at: new Date().toISOString(),
      validUntil: null,
    })
    const seconds = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', paymentSecret).update(`${seconds}.`).update(body).digest('hex')
    const tell = () =>
      probe.send({
        method: 'POST',
        path: '/webhooks/payments',
        headers: { 'x-payment-signature': `t=${seconds},v1=${signature}` },
        body,
      })
    const told = await Promise.all(Array.from({ length: 8 }, tell))
    expect(told.filter(({ text }) => text === '{"applied":true}')).toHaveLength(1)
    const { rows } = await probe.admin.query(`select id from payment_events where id = 'evt_probe'`)
    expect(rows).toHaveLength(1)
  })
})
