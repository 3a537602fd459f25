import { createHmac, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt, SignJWT } from 'jose'
import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/registry/auth/key-format.ts'
import {
  call as send,
  fromConsole as consoleHeaders,
  signInByLink,
  tokenOf as sessionToken,
} from '../support/registry-calls.ts'
import { startTestRegistry, packSample, type TestRegistry } from '../support/registry.ts'

// Who somebody is to the registry: real PostgreSQL, a real OAuth server, real HTTP.

let github: OAuth2Server
let test: TestRegistry
/** Who signs in at GitHub next. */
let octocat = { id: 1, login: 'octo-cat', name: 'Octo' }
const paymentSecret = 'shared with the provider'

beforeAll(async () => {
  github = new OAuth2Server()
  await github.issuer.keys.generate('RS256')
  await github.start(0, '127.0.0.1')
  github.service.on('beforeUserinfo', (response: { body: unknown }) => (response.body = octocat))
  // GitHub's answer holds no ID token.
  github.service.on('beforeResponse', (response: { body: unknown }) => {
    response.body = {
      access_token: (response.body as { access_token: string }).access_token,
      token_type: 'bearer',
    }
  })
  const url = github.issuer.url!
  test = await startTestRegistry({
    github: {
      clientId: 'skillet',
      clientSecret: 'not for browsers',
      authorizeUrl: `${url}/authorize`,
      tokenUrl: `${url}/token`,
      userUrl: `${url}/userinfo`,
    },
    paymentSecret,
    // Many people sign in from this one address.
    rateLimitFactor: 3,
  })
})
afterAll(async () => {
  await test?.remove()
  await github?.stop()
})

const at = (path: string) => test.registry.url + path
const cookies = (response: Response) => response.headers.getSetCookie()
const pair = (cookie: string | undefined) => cookie?.split(';')[0] ?? ''
const fromConsole = () => consoleHeaders(test.registry.url)

/** Goes to GitHub and back as a browser does, and answers with the session's cookie. */
async function signIn(who: typeof octocat): Promise<string> {
  octocat = who
  const begun = await fetch(at('/auth/github'), { redirect: 'manual' })
  const attempt = cookies(begun)[0]
  expect(attempt).toMatch(/HttpOnly/)
  const asked = new URL(begun.headers.get('location')!).searchParams
  expect(asked.get('code_challenge_method')).toBe('S256')
  const there = await fetch(begun.headers.get('location')!, { redirect: 'manual' })
  const back = await fetch(there.headers.get('location')!, {
    redirect: 'manual',
    headers: { cookie: pair(attempt) },
  })
  expect(back.status).toBe(302)
  const session = cookies(back).find((cookie) => cookie.startsWith('skillet='))
  expect(session).toMatch(/HttpOnly/)
  expect(session).toMatch(/SameSite=Strict/)
  return pair(session)
}

const call = (method: string, path: string, who: Record<string, string>, body?: unknown) =>
  send(test.registry.url, method, path, who, body)
const tokenOf = (cookie: string) => sessionToken(test.registry.url, cookie)
const signedIn = async (who: typeof octocat) => ({
  authorization: `Bearer ${await tokenOf(await signIn(who))}`,
})

describe('signing in through GitHub', () => {
  it('makes somebody known, with an account of their own, and keeps the word from scripts', async () => {
    const cookie = await signIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    expect(cookie).toMatch(/^skillet=[A-Za-z0-9]{43}$/)
    const me = await call('GET', '/api/me', { authorization: `Bearer ${await tokenOf(cookie)}` })
    expect(me.body).toMatchObject({
      login: 'Ada',
      staff: null,
      account: 'ada',
      accounts: [
        {
          name: 'ada',
          kind: 'person',
          role: 'administrator',
          scopes: expect.arrayContaining(['write:publish', 'write:account']),
        },
      ],
      tier: 'free',
    })
    expect(me.body.scopes).not.toContain('admin')
  })

  it('is the same person under a new login, and not the one who takes the old login', async () => {
    const first = await call('GET', '/api/me', await signedIn({ id: 20, login: 'before', name: 'B' }))
    const renamed = await call('GET', '/api/me', await signedIn({ id: 20, login: 'after', name: 'B' }))
    expect(renamed.body).toMatchObject({ login: 'after', account: first.body.account })
    const other = await call('GET', '/api/me', await signedIn({ id: 21, login: 'before', name: 'C' }))
    expect(other.body).toMatchObject({ login: 'before', account: 'before-2' })
    // Whoever gave a login up has not been here since.
    const held = await signedIn({ id: 22, login: 'held', name: 'D' })
    const taker = await call('GET', '/api/me', await signedIn({ id: 23, login: 'held', name: 'E' }))
    expect(taker.body).toMatchObject({ login: 'held', account: 'held-2' })
    const before = await call('GET', '/api/me', held)
    expect(before.body).toMatchObject({ account: 'held', login: expect.stringMatching(/^held-./) })
  })

  it('refuses an answer that this browser did not ask for', async () => {
    const begun = await fetch(at('/auth/github'), { redirect: 'manual' })
    const there = await fetch(begun.headers.get('location')!, { redirect: 'manual' })
    const answer = there.headers.get('location')!
    // Somebody else's link, opened by a victim: with no attempt of their own, or with another one.
    for (const cookie of ['', pair(cookies(await fetch(at('/auth/github'), { redirect: 'manual' }))[0])]) {
      const back = await fetch(answer, { redirect: 'manual', headers: { cookie } })
      expect(back.status).toBe(401)
      expect(cookies(back).some((one) => one.startsWith('skillet='))).toBe(false)
    }
  })

  it('refuses an attempt that is over, or was sealed for something else', async () => {
    const secret = Buffer.from(await readFile(join(test.dataDir, 'keys', 'sessions.key'), 'utf8'), 'hex')
    const now = Math.floor(Date.now() / 1000)
    /** Goes there and back with the server's own attempt, changed and sealed anew. */
    const comeBack = async (change: object) => {
      const begun = await fetch(at('/auth/github'), { redirect: 'manual' })
      const [name, sealed] = pair(cookies(begun)[0]).split('=') as [string, string]
      const there = await fetch(begun.headers.get('location')!, { redirect: 'manual' })
      const said = { ...decodeJwt(sealed), ...change }
      const again = await new SignJWT(said).setProtectedHeader({ alg: 'HS256' }).sign(secret)
      const headers = { cookie: `${name}=${again}` }
      return (await fetch(there.headers.get('location')!, { redirect: 'manual', headers })).status
    }
    expect(await comeBack({})).toBe(302)
    for (const change of [{ exp: now - 60 }, { exp: undefined }, { aud: 'skillet-console' }])
      expect([change, await comeBack(change)]).toEqual([change, 401])
  })

  it('gives tokens to pages of the console alone', async () => {
    const cookie = await signIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: test.registry.url, 'sec-fetch-site': 'cross-site' },
    ]) {
      const refused = await fetch(at('/auth/token'), {
        method: 'POST',
        headers: { cookie, ...headers } as never,
      })
      expect(refused.status).toBe(403)
    }
  })

  it('believes no token but its own', async () => {
    const cookie = await signIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const good = await tokenOf(cookie)
    const [head, payload, signature] = good.split('.') as [string, string, string]
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, string>
    const forge = (change: object, secret: string) =>
      new SignJWT({ ...said, ...change }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const forged = [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${head}.${Buffer.from(JSON.stringify({ ...said, sub: randomUUID() })).toString('base64url')}.${signature}`,
      await forge({}, 'x'.repeat(32)),
      'rec_notatoken',
    ]
    expect((await call('GET', '/api/me', { authorization: `Bearer ${good}` })).status).toBe(200)
    // Signed with the server's own secret, as nobody but the server can, but not as a token of the console.
    const secret = Buffer.from(await readFile(join(test.dataDir, 'keys', 'sessions.key'), 'utf8'), 'hex')
    const signed = (change: object, alg = 'HS256') =>
      new SignJWT({ ...said, ...change }).setProtectedHeader({ alg }).sign(secret)
    const now = Math.floor(Date.now() / 1000)
    expect((await call('GET', '/api/me', { authorization: `Bearer ${await signed({})}` })).status).toBe(200)
    forged.push(
      await signed({ aud: 'skillet-sign-in' }),
      await signed({ exp: now - 60 }),
      await signed({ exp: undefined }),
      await signed({ sid: randomUUID() }),
      await signed({ sub: randomUUID() }),
      await signed({}, 'HS512'),
    )
    for (const token of forged)
      expect((await call('GET', '/api/me', { authorization: `Bearer ${token}` })).status).toBe(401)
  })

  it('ends at once, tokens included', async () => {
    const cookie = await signIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const who = { authorization: `Bearer ${await tokenOf(cookie)}` }
    const out = await fetch(at('/auth/sign-out'), { method: 'POST', headers: { cookie, ...fromConsole() } })
    expect(out.status).toBe(204)
    expect((await call('GET', '/api/me', who)).status).toBe(401)
    const token = () => fetch(at('/auth/token'), { method: 'POST', headers: { cookie, ...fromConsole() } })
    expect((await token()).status).toBe(401)
    // Not at the wish of another site's page, and by itself after two weeks.
    const next = await signIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const strange = { cookie: next, origin: 'https://evil.example' }
    expect((await fetch(at('/auth/sign-out'), { method: 'POST', headers: strange })).status).toBe(403)
    const mine = () =>
      fetch(at('/auth/token'), { method: 'POST', headers: { cookie: next, ...fromConsole() } })
    const given = await mine()
    expect(given.status).toBe(200)
    expect(given.headers.get('cache-control')).toBe('no-store')
    await test.sql(`update sessions set expires_at = now() where digest = $1`, [
      digestOf(next.split('=')[1]!),
    ])
    expect((await mine()).status).toBe(401)
  })

  it('counts for nothing where keys are asked for, and a key for nothing where somebody must be signed in', async () => {
    const who = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    expect((await call('GET', '/api/keys', who)).status).toBe(403)
    expect((await call('GET', '/api/me', { 'x-api-key': test.adminKey })).status).toBe(401)
  })
})

describe('a sign-in link', () => {
  it('signs in once, and an administrator of the registry says who may do what', async () => {
    const made = await call(
      'POST',
      '/api/people',
      { 'x-api-key': test.adminKey },
      { login: 'grace', role: 'reviewer' },
    )
    expect(made.status).toBe(201)
    const word = (made.body.link as string).split('/').at(-1)!
    expect(new URL(made.body.link).hash).toContain(word)
    const open = () =>
      fetch(at('/auth/link'), {
        method: 'POST',
        headers: { ...fromConsole(), 'content-type': 'application/json' },
        body: JSON.stringify({ word }),
      })
    const opened = await open()
    expect(opened.status).toBe(204)
    const cookie = pair(cookies(opened)[0])
    const me = await call('GET', '/api/me', { authorization: `Bearer ${await tokenOf(cookie)}` })
    expect(me.body).toMatchObject({ login: 'grace', staff: 'reviewer' })
    expect(me.body.scopes).toContain('review:write')
    expect((await open()).status).toBe(401)
    // Somebody with the same login at GitHub is somebody else.
    const other = await call('GET', '/api/me', await signedIn({ id: 99, login: 'grace', name: 'G' }))
    expect(other.body.staff).toBe(null)
    // And a link for a login signs in nobody who has it at GitHub.
    const linked = await signInByLink(test.registry.url, test.adminKey, 'grace', 'reviewer')
    expect((await call('GET', '/api/me', linked)).body.account).not.toBe(other.body.account)
    expect((await call('GET', '/api/me', linked)).body.scopes).not.toContain('admin')
  })

  it('is a link and no session until it was opened, by our own page, in time', async () => {
    const wordOf = async () =>
      (
        (await call('POST', '/api/people', { 'x-api-key': test.adminKey }, { login: 'linus' })).body
          .link as string
      )
        .split('/')
        .at(-1)!
    const open = (word: string, headers: Record<string, string> = fromConsole()) =>
      fetch(at('/auth/link'), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ word }),
      })
    const token = (word: string) =>
      fetch(at('/auth/token'), { method: 'POST', headers: { cookie: `skillet=${word}`, ...fromConsole() } })
    const word = await wordOf()
    // Whoever saw the link would be somebody else without the link being used up.
    expect((await token(word)).status).toBe(401)
    expect((await open(word, { origin: 'https://evil.example' })).status).toBe(403)
    const session = pair(cookies(await open(word))[0]).split('=')[1]!
    expect((await token(session)).status).toBe(200)
    // Nor is the session's word a link, however soon the session ends.
    await test.sql(`update sessions set expires_at = now() + interval '5 minutes' where digest = $1`, [
      digestOf(session),
    ])
    expect((await open(session)).status).toBe(401)
    const ended = await wordOf()
    await test.sql(`update sessions set ended_at = now() where expires_at < now() + interval '11 minutes'`)
    expect((await open(ended)).status).toBe(401)
    const late = await wordOf()
    await test.sql(`update sessions set expires_at = now() where expires_at < now() + interval '11 minutes'`)
    expect((await open(late)).status).toBe(401)
  })

  it('can be made by administrators only', async () => {
    const who = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    expect((await call('POST', '/api/people', who, { login: 'ada', role: 'administrator' })).status).toBe(403)
    expect((await call('PUT', '/api/people/Ada/role', who, { role: 'administrator' })).status).toBe(403)
    expect((await call('GET', '/api/people', who)).status).toBe(403)
    const staff = { 'x-api-key': test.adminKey }
    const { all, people } = (await call('GET', '/api/people?text=race', staff)).body
    // The registry's own people first.
    expect(people.map(({ role }: { role: unknown }) => role)).toEqual([
      ...Array.from({ length: people.length - 1 }, () => 'reviewer'),
      null,
    ])
    expect(people).toContainEqual(expect.objectContaining({ github: false, accounts: ['grace'] }))
    expect(people.at(-1)).toMatchObject({ name: 'G', accounts: ['grace-2'], github: true })
    expect(Date.parse(people[0].signedIn)).toBeGreaterThan(Date.parse(people[0].since) - 1000)
    expect(all).toBeGreaterThan(people.length)
    // What means something to a search in the database means itself.
    expect((await call('GET', '/api/people?text=%25', staff)).body.people).toEqual([])
  })
})

describe('a team', () => {
  it('is joined by invitation, and left with its last administrator never', async () => {
    const ada = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    expect((await call('POST', '/api/accounts', ada, { name: 'kitchen', title: 'Kitchen' })).status).toBe(201)
    expect(
      (await call('POST', '/api/accounts', ada, { name: 'kitchen', title: 'Mine' })).body.error.code,
    ).toBe('INPUT_INVALID')
    const inKitchen = { ...ada, 'x-skillet-account': 'kitchen' }
    const invited = await call('PUT', '/api/account/members/Bob', inKitchen, { role: 'publisher' })
    expect(invited.body.state).toBe('invited')
    const bob = { ...(await signedIn({ id: 8, login: 'bob', name: 'Bob' })), 'x-skillet-account': 'kitchen' }
    const me = await call('GET', '/api/me', bob)
    expect(me.body.scopes).toContain('write:publish')
    expect((await call('GET', '/api/account/members', bob)).status).toBe(403)
    expect((await call('PUT', '/api/account/members/bob', bob, { role: 'administrator' })).status).toBe(403)
    expect((await call('DELETE', '/api/account/members/Ada', inKitchen)).body.error.code).toBe('BUSY')
    expect((await call('DELETE', '/api/account/members/bob', inKitchen)).status).toBe(204)
    expect((await call('GET', '/api/me', bob)).status).toBe(403)
    const eve = { ...(await signedIn({ id: 9, login: 'eve', name: 'Eve' })), 'x-skillet-account': 'kitchen' }
    expect((await call('GET', '/api/account/members', eve)).status).toBe(403)
    // An invitation is for one login, and nobody takes the last administrator's role away.
    await call('PUT', '/api/account/members/carol', inKitchen, { role: 'publisher' })
    const dan = await call('GET', '/api/me', await signedIn({ id: 11, login: 'dan', name: 'Dan' }))
    expect(dan.body.accounts).toHaveLength(1)
    const demoted = await call('PUT', '/api/account/members/Ada', inKitchen, { role: 'publisher' })
    expect(demoted.body.error.code).toBe('BUSY')
    // Who belongs to another team is in that team's list alone.
    await call('POST', '/api/accounts', ada, { name: 'garage', title: 'Garage' })
    const inGarage = { ...ada, 'x-skillet-account': 'garage' }
    expect((await call('GET', '/api/account/members', inGarage)).body).toMatchObject({
      members: [{ login: 'Ada' }],
      invited: [],
    })
    expect((await call('DELETE', '/api/account/members/carol', inKitchen)).status).toBe(204)
    const journal = await call('GET', '/api/account/journal', inKitchen)
    expect(journal.body.entries.map((entry: { action: string }) => entry.action)).toEqual([
      'member.removed',
      'member.added',
      'member.removed',
      'member.added',
      'account.created',
    ])
  })
})

describe('the registry’s journal', () => {
  it('names who did what in every account, to administrators alone', async () => {
    const admin = { 'x-api-key': test.adminKey }
    const read = async (query: string) => (await call('GET', `/api/journal?${query}`, admin)).body.entries
    const { id, prefix } = (
      await call('POST', '/api/keys', admin, { account: 'watched', scopes: ['read:catalog'] })
    ).body
    expect((await call('DELETE', `/api/keys/${id}`, admin)).status).toBe(200)
    expect(await read('account=watched')).toMatchObject([
      { account: 'watched', actor: 'registry', action: 'key.ended', target: prefix },
      { account: 'watched', actor: 'registry', action: 'key.made', target: prefix },
    ])
    const all = await read('')
    expect(new Set(all.map((one: { account: string }) => one.account)).size).toBeGreaterThan(1)
    expect(await read(`before=${all[0].seq}`)).toEqual(all.slice(1))
    for (const { actor } of await read('actor=Ada')) expect(actor).toBe('Ada')
    const ada = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    expect((await call('GET', '/api/journal', ada)).status).toBe(403)
    const { keys, more } = (await call('GET', '/api/keys?account=watched', admin)).body
    expect(keys).toMatchObject([{ id, account: 'watched' }])
    expect(more).toBe(false)
    // More than one answer holds, all made at the same instant.
    await test.sql(
      `insert into api_keys (account_id, label, prefix, digest, scopes, tier)
       select id, 'one of many', 'aaaaaa', md5(n::text) || md5(n::text), '{read:catalog}', 'free'
       from accounts, generate_series(1, 600) n where name = 'watched'`,
    )
    const many = await test.admin.listKeys('watched')
    expect(new Set(many.map((key) => key.id)).size).toBe(601)
  })
})

describe('a key of an account', () => {
  it('can do no more than whoever makes it, expires, is ended alone, and says when it was used', async () => {
    const ada = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const make = (body: object) =>
      call('POST', '/api/account/keys', ada, { label: 'CI', scopes: ['write:publish'], ...body })
    expect((await make({ scopes: ['admin'] })).body.error.code).toBe('FORBIDDEN')
    expect((await make({ scopes: ['review:write'] })).body.error.code).toBe('FORBIDDEN')
    expect((await make({ account_id: randomUUID() })).body.error.code).toBe('INPUT_INVALID')
    const keeper = { 'x-api-key': (await make({ scopes: ['write:account'] })).body.key as string }
    const more = { label: 'x', scopes: ['write:account', 'write:publish'] }
    expect((await call('POST', '/api/account/keys', keeper, more)).body.error.code).toBe('FORBIDDEN')
    // What somebody does for the registry ends with their role, and a key of an account would not.
    const staff = await signInByLink(test.registry.url, test.adminKey, 'stan', 'administrator')
    for (const scope of ['review:write', 'admin']) {
      const body = { label: 'x', scopes: ['read:catalog', scope] }
      expect((await call('POST', '/api/account/keys', staff, body)).body.error.code).toBe('FORBIDDEN')
    }
    const made = await make({ days: 30 })
    expect(made.body.key).toMatch(/^rec_[A-Za-z0-9]{43}$/)
    const use = () => call('GET', '/api/submissions', { 'x-api-key': made.body.key })
    expect((await use()).status).toBe(200)
    const listed = async () =>
      (
        (await call('GET', '/api/account/keys', ada)).body.keys as {
          id: string
          lastUsedAt: string | null
          expiresAt: string
        }[]
      ).find(({ id }) => id === made.body.id)!
    await expect.poll(async () => (await listed()).lastUsedAt).not.toBeNull()
    expect(JSON.stringify(await listed())).not.toContain(made.body.key.slice(10))
    const days = (Date.parse((await listed()).expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(29)
    expect(days).toBeLessThanOrEqual(30)

    // Another account neither sees nor ends it.
    const bob = await signedIn({ id: 8, login: 'bob', name: 'Bob' })
    expect((await call('GET', '/api/account/keys', bob)).body.keys).toEqual([])
    expect((await call('DELETE', `/api/account/keys/${made.body.id}`, bob)).body.error.code).toBe('NOT_FOUND')
    expect((await use()).status).toBe(200)
    expect((await call('DELETE', `/api/account/keys/${made.body.id}`, ada)).status).toBe(204)
    expect((await use()).status).toBe(401)
  })

  it('of the kind that expires counts for nothing afterwards', async () => {
    const { key } = await test.mint({ account: 'expiring', scopes: ['write:publish'] })
    const pg = await import('pg')
    const database = new pg.default.Client({ connectionString: test.registry.databaseUrl })
    await database.connect()
    await expect(test.client(key).submissions()).resolves.toEqual([])
    // The server's own role can't move the date; nobody's request can.
    await database.query("select set_config('app.across_tenants', 'keys', false)")
    await expect(
      database.query("update registry.api_keys set expires_at = now() - interval '1 second'"),
    ).rejects.toMatchObject({ code: '42501' })
    await database.end()
  })
})

describe('entitlements', () => {
  const sign = (body: string, seconds = Math.floor(Date.now() / 1000), secret = paymentSecret) =>
    `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`
  const tell = (body: string, signature: string) =>
    fetch(at('/webhooks/payments'), { method: 'POST', headers: { 'x-payment-signature': signature }, body })

  it('come from the payment provider alone, each event once', async () => {
    const ada = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const began = Date.now() - 60_000
    const event = (tier: string, id: string, seconds = 0, more: object = {}) =>
      JSON.stringify({
        ...{ id, kind: 'entitlement.changed', account: 'ada', tier, validUntil: null },
        at: new Date(began + seconds * 1000).toISOString(),
        ...more,
      })
    const up = event('operator', 'evt_1')
    const now = Math.floor(Date.now() / 1000)
    for (const signature of [
      ...['', 't=1', sign(up, undefined, 'guessed'), sign(up, 1_000_000), `${sign(up)}00`],
      sign(up, now + 1000),
      // Another time than the one that was signed.
      sign(up, now - 1000).replace(String(now - 1000), String(now)),
    ])
      expect((await tell(up, signature)).status).toBe(401)
    expect((await tell(event('pro_plus', 'evt_1'), sign(up))).status).toBe(401)
    expect((await tell(' '.repeat(70_000), sign(up))).status).toBe(413)
    expect((await call('GET', '/api/me', ada)).body.tier).toBe('free')

    const signature = sign(up)
    expect(await (await tell(up, signature)).json()).toEqual({ applied: true })
    expect((await call('GET', '/api/me', ada)).body.tier).toBe('operator')
    const down = event('free', 'evt_2', 10)
    expect(await (await tell(down, sign(down))).json()).toEqual({ applied: true })
    // One that was under way for longer, and comes for the first time.
    const late = event('pro_plus', 'evt_late', 5)
    expect(await (await tell(late, sign(late))).json()).toEqual({ applied: false })
    for (const [wrong, code] of [
      [event('cook', 'evt_x', 5000), 'INPUT_INVALID'],
      [event('cook', 'evt_x', 20, { isAdmin: true }), 'INPUT_INVALID'],
      [event('cook', 'evt_x', 20, { account: 'nobody-here' }), 'NOT_FOUND'],
    ] as const)
      expect(await (await tell(wrong, sign(wrong))).json()).toMatchObject({ error: { code } })
    const { entries } = (await call('GET', '/api/account/journal', ada)).body
    expect(entries.slice(0, 2)).toMatchObject([
      { actor: 'payments', action: 'entitlement.changed', target: 'free', detail: { event: 'evt_2' } },
      { actor: 'payments', action: 'entitlement.changed', target: 'operator' },
    ])
    // The first one, recorded and sent again.
    expect(await (await tell(up, signature)).json()).toEqual({ applied: false })
    expect((await call('GET', '/api/me', ada)).body.tier).toBe('free')
  })

  it('hold for keys that name no tier of their own, until they run out', async () => {
    const ada = await signedIn({ id: 7, login: 'Ada', name: 'Ada L.' })
    const { key } = (await call('POST', '/api/account/keys', ada, { label: 'app', scopes: ['read:catalog'] }))
      .body
    const { client: admin } = await test.mint({
      account: 'registry',
      scopes: ['admin', 'review:write', 'write:publish'],
    })
    const { id } = await admin.publish(
      await packSample({ slug: 'paid-here', tier: 'cook', publisher: 'ada' }),
    )
    await admin.approve(id, '')
    const access = async () =>
      (await call('GET', '/api/skills/access?slug=paid-here', { 'x-api-key': key })).body.access as boolean
    expect(await access()).toBe(false)
    const entitle = async (number: string, validUntil: string | null) => {
      const body = JSON.stringify({
        id: number,
        kind: 'entitlement.changed',
        account: 'ada',
        tier: 'cook',
        at: new Date().toISOString(),
        validUntil,
      })
      expect((await tell(body, sign(body))).status).toBe(200)
    }
    await entitle('evt_3', new Date(Date.now() + 3_600_000).toISOString())
    expect(await access()).toBe(true)
    expect((await call('GET', '/api/me', ada)).body.tier).toBe('cook')
    await entitle('evt_4', new Date(Date.now() - 1000).toISOString())
    expect(await access()).toBe(false)
    expect((await call('GET', '/api/me', ada)).body.tier).toBe('free')
  })
})

describe('guessing', () => {
  it('is held off by address, and the right key with it, until the time is over', async () => {
    const guessed = await Promise.all(
      Array.from({ length: 100 }, () =>
        call('GET', '/api/submissions', { 'x-api-key': `rec_${'A'.repeat(43)}` }),
      ),
    )
    expect(guessed.filter(({ status }) => status === 401).length).toBeGreaterThan(0)
    const refused = await call('GET', '/api/submissions', { 'x-api-key': test.adminKey })
    expect(refused.status).toBe(429)
    expect(refused.body.error.code).toBe('RATE_LIMITED')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // What needs no key goes on.
    expect((await call('GET', '/status', {})).status).toBe(200)
    await test.sql("update rate_limits set expire = 1 where key like 'guess:%'")
    expect((await call('GET', '/api/submissions', { 'x-api-key': test.adminKey })).status).toBe(200)
  })
})
