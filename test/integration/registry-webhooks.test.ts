import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from '../../src/engine/registry-client/request.ts'
import { createHappenings } from '../../src/engine/telemetry/happenings.ts'
import { createTelemetry } from '../../src/engine/telemetry/telemetry.ts'
import { runResult } from '../support/host-values.ts'
import { manifestOf } from '../support/manifest.ts'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { applyPayment } from '../../src/registry/auth/entitlements.ts'
import { secretFile } from '../../src/registry/auth/secret-file.ts'
import { openDatabase, within } from '../../src/registry/db/database.ts'
import { createDelivery } from '../../src/registry/webhooks/deliver.ts'
import { createSecretBox } from '../../src/registry/webhooks/secret-box.ts'
import { sendDelivery, signatureOf } from '../../src/registry/webhooks/send.ts'
import { call as send, signInByLink } from '../support/registry-calls.ts'
import { packSample, startTestRegistry, type TestRegistry } from '../support/registry.ts'

// What accounts are told by their webhooks, and what clients tell: real PostgreSQL, real receivers.

type Who = Record<string, string>
let test: TestRegistry
let ada: Who
let bob: Who
let receiver: Server
let target: string
/** What the receiver answers, and everything that it was sent. */
let answer: { status: number; headers?: Record<string, string> } = { status: 204 }
const received: { headers: IncomingMessage['headers']; body: string; path: string }[] = []
const call = (method: string, path: string, who: Who = {}, body?: unknown) =>
  send(test.registry.url, method, path, who, body)
const hash = 'ab'.repeat(32)

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        path: request.url ?? '',
      })
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  test = await startTestRegistry({ localWebhooks: true, rateLimitFactor: 5 })
  ada = await signInByLink(test.registry.url, test.adminKey, 'ada')
  bob = await signInByLink(test.registry.url, test.adminKey, 'bob')
  await entitle('operator')
})
async function entitle(tier: 'free' | 'operator'): Promise<void> {
  const database = openDatabase(test.registry.databaseUrl, () => {})
  const event = { kind: 'entitlement.changed', account: 'ada', tier, validUntil: null } as const
  const at = new Date().toISOString()
  await applyPayment(database, { id: `evt ${at}`, at, ...event })
  await database.destroy()
}
afterAll(async () => {
  await test?.remove()
  await new Promise((resolve) => receiver?.close(resolve))
})

const make = (who: Who, url: string, events: string[]) => call('POST', '/api/webhooks', who, { url, events })
const next = async (path: string) => {
  await expect.poll(() => received.some((one) => one.path === path), { timeout: 10_000 }).toBe(true)
  return received.find((one) => one.path === path)!
}

describe('a webhook', () => {
  it('is told what its account is told, signed so that a recorded delivery is worth nothing', async () => {
    const made = await make(ada, `${target}/mine`, ['submission.published', 'webhook.test'])
    expect(made.status).toBe(201)
    const { id, secret } = made.body as { id: string; secret: string }
    const listed = await call('GET', '/api/webhooks', ada)
    expect(listed.body.webhooks).toMatchObject([{ id, url: `${target}/mine`, disabledAt: null }])
    expect(JSON.stringify(listed.body)).not.toContain(secret)
    const other = (await make(ada, `${target}/other`, ['skill.revoked'])).body.id as string
    const { id: submission } = await test.admin.publish(
      await packSample({ slug: 'told-tool', publisher: 'ada' }),
    )
    await test.admin.approve(submission, '')
    const { headers, body } = await next('/mine')
    const said = JSON.parse(body) as Record<string, unknown>
    expect(said).toMatchObject({
      event: 'submission.published',
      slug: 'told-tool',
      version: '1.0.0',
      words: 'told-tool 1.0.0 is published.',
    })
    // The same number in both, by which whoever is told twice knows it.
    expect(headers['x-skillet-delivery']).toBe(said['id'])
    const seconds = Number(/^t=(\d+)/.exec(headers['x-skillet-signature'] as string)![1])
    expect(headers['x-skillet-signature']).toBe(signatureOf(body, secret, seconds))
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60)
    const { deliveries } = (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body
    await expect
      .poll(async () => (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body.deliveries[0].state)
      .toBe('delivered')
    expect(deliveries[0]).toMatchObject({ event: 'submission.published' })
    // One that asked for something else is told nothing of it.
    expect((await call('GET', `/api/webhooks/${other}/deliveries`, ada)).body.deliveries).toEqual([])
    expect((await call('DELETE', `/api/webhooks/${other}`, ada)).status).toBe(204)
    expect((await call('POST', `/api/webhooks/${id}/test`, ada)).status).toBe(202)
    await expect.poll(() => received.some(({ body: sent }) => sent.includes('webhook.test'))).toBe(true)
    // Its secret isn't in the database as it is.
    expect(test.log.join('\n')).not.toContain(secret)
  })

  it("is nobody else's", async () => {
    const { id } = (await make(ada, `${target}/private`, ['webhook.test'])).body
    expect((await call('GET', '/api/webhooks', bob)).body.webhooks).toEqual([])
    expect((await call('POST', `/api/webhooks/${id}/test`, bob)).status).toBe(404)
    expect((await call('GET', `/api/webhooks/${id}/deliveries`, bob)).status).toBe(404)
    expect((await call('DELETE', `/api/webhooks/${id}`, bob)).status).toBe(404)
    expect((await call('DELETE', `/api/webhooks/${id}`, ada)).status).toBe(204)
    const { entries } = (await call('GET', '/api/account/journal', ada)).body
    expect(entries[0]).toMatchObject({ action: 'webhook.deleted', target: new URL(target).host })
  })

  it('is made for an address outside alone, and twenty times at most', async () => {
    for (const url of ['https://10.0.0.1/', 'ftp://example.com/', 'nonsense'])
      expect((await make(ada, url, ['webhook.test'])).body.error.code).toBe('INPUT_INVALID')
    const rows = await test.sql(
      `insert into webhooks (account_id, url, events, secret)
       select id, 'https://example.com/many', '{}', '' from accounts cross join generate_series(1, 20)
       where name = 'ada' returning id`,
    )
    expect(rows).toHaveLength(20)
    expect((await make(ada, `${target}/more`, ['webhook.test'])).body.error.code).toBe('TOO_LARGE')
    await test.sql(`delete from webhooks where url = 'https://example.com/many'`)
    const { id } = (await make(ada, `${target}/more`, ['webhook.test'])).body
    expect((await call('DELETE', `/api/webhooks/${id}`, ada)).status).toBe(204)
  })

  it('tries again where nobody answers well', async () => {
    answer = { status: 503 }
    const { id } = (await make(ada, `${target}/later`, ['webhook.test'])).body
    await call('POST', `/api/webhooks/${id}/test`, ada)
    await next('/later')
    await expect
      .poll(async () => (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body.deliveries[0])
      .toMatchObject({ state: 'waiting', attempts: 1, status: 503 })
    answer = { status: 204 }
    // And at once where somebody asks for it, under the same id, until it has arrived.
    const deliveries = async () => (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body.deliveries
    const again = `/api/webhooks/${id}/deliveries/${(await deliveries())[0].id}/again`
    expect((await call('POST', again, bob)).status).toBe(404)
    expect((await call('POST', again, ada)).status).toBe(202)
    await expect.poll(async () => (await deliveries())[0]).toMatchObject({ state: 'delivered', attempts: 2 })
    const ids = received.filter(({ path }) => path === '/later').map(({ body }) => JSON.parse(body).id)
    expect(new Set(ids).size).toBe(1)
    expect((await call('POST', again, ada)).body.error.code).toBe('NOT_FOUND')
  })

  it('that is switched off takes nothing to send until it is switched on', async () => {
    const { id } = (await make(ada, `${target}/off`, ['webhook.test'])).body
    const database = openDatabase(test.registry.databaseUrl, () => {})
    await within(database, { across: 'deliveries' }, (transaction) =>
      transaction.updateTable('webhooks').set({ disabled_at: new Date() }).where('id', '=', id).execute(),
    )
    await database.destroy()
    expect((await call('POST', `/api/webhooks/${id}/test`, ada)).body.error.code).toBe('BUSY')
    const again = `/api/webhooks/${id}/deliveries/${randomUUID()}/again`
    expect((await call('POST', again, ada)).body.error.code).toBe('BUSY')
    expect((await call('PUT', `/api/webhooks/${id}/on`, bob)).status).toBe(404)
    expect((await call('PUT', `/api/webhooks/${id}/on`, ada)).status).toBe(204)
    expect((await call('POST', `/api/webhooks/${id}/test`, ada)).status).toBe(202)
    await next('/off')
  })

  it('that could not be reached ten times is switched off, and its account told', async () => {
    answer = { status: 500 }
    const { id } = (await make(ada, `${target}/broken`, ['webhook.test'])).body
    const deliveries = async () =>
      (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body.deliveries as {
        id: string
        attempts: number
        state: string
      }[]
    const isOff = async () =>
      ((await call('GET', '/api/webhooks', ada)).body.webhooks as { id: string; disabledAt: unknown }[]).some(
        (one) => one.id === id && one.disabledAt !== null,
      )
    for (let times = 0; times < 10; times++) await call('POST', `/api/webhooks/${id}/test`, ada)
    // The last try of each would come in an hour.
    await expect
      .poll(async () => (await deliveries()).every(({ attempts }) => attempts > 0), { timeout: 10_000 })
      .toBe(true)
    const database = openDatabase(test.registry.databaseUrl, () => {})
    const box = createSecretBox(await secretFile(test.dataDir, 'webhooks'))
    const deliver = createDelivery({ database, box, localToo: true, jobs: { send: async () => undefined } })
    const [newest] = await deliveries()
    // What throws is tried again.
    await expect(deliver([{ data: { delivery: newest!.id }, last: false }])).rejects.toThrow('500')
    for (const [times, one] of (await deliveries()).entries()) {
      expect([times, await isOff()]).toEqual([times, false])
      await deliver([{ data: { delivery: one.id }, last: true }])
    }
    expect(await isOff()).toBe(true)
    // What was queued before is told no more.
    const sent = received.length
    await test.sql(`update webhook_deliveries set state = 'waiting' where id = '${newest!.id}'`)
    await deliver([{ data: { delivery: newest!.id }, last: true }])
    expect(received.length).toBe(sent)
    await test.sql(`update webhook_deliveries set state = 'failed' where id = '${newest!.id}'`)
    await database.destroy()
    expect((await deliveries()).map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'failed'))
    const { notifications } = (await call('GET', '/api/account/notifications', ada)).body
    expect(notifications[0]).toMatchObject({ kind: 'webhook.disabled' })
    answer = { status: 204 }
  })

  it('follows nobody to another address', async () => {
    answer = { status: 302, headers: { location: `${target}/elsewhere` } }
    const { id } = (await make(ada, `${target}/moved`, ['webhook.test'])).body
    await call('POST', `/api/webhooks/${id}/test`, ada)
    await next('/moved')
    await expect
      .poll(async () => (await call('GET', `/api/webhooks/${id}/deliveries`, ada)).body.deliveries[0].status)
      .toBe(302)
    expect(received.some(({ path }) => path === '/elsewhere')).toBe(false)
    answer = { status: 204 }
  })

  it('waits five seconds for an answer and no longer', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const patience: number[] = []
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      patience.push(ms)
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 50)
      return controller.signal
    })
    try {
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
      const delivery = { id: hash, url, event: 'webhook.test', payload: {}, secret: 's' }
      await expect(sendDelivery(delivery, true, Date.now())).rejects.toMatchObject({
        code: 'REGISTRY_UNREACHABLE',
      })
      expect(patience).toEqual([5000])
    } finally {
      timeout.mockRestore()
      silent.closeAllConnections()
      silent.close()
    }
  })

  it('is read no further than a short answer', async () => {
    let sent = 0
    const talkative = createServer((_request, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && sent < 50_000_000 && response.write(Buffer.alloc(65_536)))
          sent += 65_536
        if (sent >= 50_000_000) response.end()
      }
      response.on('drain', more)
      more()
    })
    await new Promise<void>((resolve) => talkative.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(talkative.address() as AddressInfo).port}/`
      const delivery = { id: hash, url, event: 'webhook.test', payload: {}, secret: 's' }
      expect(await sendDelivery(delivery, true, Date.now())).toBe(200)
      expect(sent).toBeLessThan(50_000_000)
    } finally {
      talkative.closeAllConnections()
      talkative.close()
    }
  })

  it('points to nothing inside a network, by address or by name', async () => {
    const delivery = { id: hash, event: 'webhook.test', payload: {}, secret: 's' }
    // With the guard off, this computer is reached: that is what the guard is for.
    expect(await sendDelivery({ ...delivery, url: `${target}/inside` }, true, Date.now())).toBe(204)
    const port = new URL(target).port
    for (const url of [
      `${target}/inside`,
      `https://127.0.0.1:${port}/inside`,
      'https://[::1]/',
      'https://169.254.169.254/latest/meta-data',
      'https://10.0.0.1/',
      'https://[::ffff:10.0.0.1]/',
      'https://user:password@example.com/',
      'ftp://example.com/',
      'nonsense',
    ])
      await expect(sendDelivery({ ...delivery, url }, false, Date.now())).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      })
    // A name that leads to this computer: found out when it is looked up, before anything is dialled.
    const before = received.length
    await expect(
      sendDelivery({ ...delivery, url: `https://localhost:${port}/inside` }, false, Date.now()),
    ).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', cause: { code: 'EACCES' } })
    expect(received.length).toBe(before)
  })
})

describe('telemetry', () => {
  const event = { event: 'use', slug: 'told-tool', version: '1.0.0', agentClass: hash, user: hash }
  const tell = (events: unknown[]) => call('POST', '/api/telemetry', {}, { events })

  it('takes events in, and anything beside them not at all', async () => {
    expect(
      (await tell([event, { ...event, event: 'install', durationMs: 12, retries: 0, ok: true }])).body,
    ).toEqual({
      taken: 2,
    })
    for (const wrong of [
      { ...event, event: 'click' },
      { ...event, user: 'ada@example.com' },
      { ...event, path: '/home/ada/report.csv' },
      { ...event, agentClass: 'Claude' },
      { ...event, durationMs: -1 },
      { ...event, retries: -1 },
      { ...event, slug: '../x' },
    ]) {
      const refused = await tell([event, wrong])
      expect([wrong, refused.body.error?.code]).toEqual([wrong, 'INPUT_INVALID'])
    }
    expect((await tell(Array.from({ length: 101 }, () => event))).status).toBe(400)
    // Refused whole: nothing of a request that holds something else is kept.
    const rows = await stored(
      `select event, at = date_trunc('hour', at) as hour from telemetry_events order by seq`,
    )
    expect(rows).toEqual([
      { event: 'use', hour: true },
      { event: 'install', hour: true },
    ])
  })

  it('tells publishers of their own skills, and not who is alone in using one', async () => {
    await tell(Array.from({ length: 9 }, () => event))
    const { days, fewerThan } = (await call('GET', '/api/usage', ada)).body
    expect(fewerThan).toBe(5)
    expect(days).toMatchObject([
      { slug: 'told-tool', event: 'install', count: null },
      { slug: 'told-tool', event: 'use', count: 10 },
    ])
    expect((await call('GET', '/api/usage', bob)).body.days).toEqual([])
  })

  it('takes samples only for a bundle whose owner asked for them, hides keys, and forgets when told to', async () => {
    const { id } = (await call('POST', '/api/bundles', ada, { name: 'sampled', title: 'Sampled' })).body
    await call('PUT', `/api/bundles/${id}/skills/told-tool`, ada, { version: null })
    const { key } = (await call('POST', `/api/bundles/${id}/tokens`, ada, { label: 'x' })).body
    const sample = {
      slug: 'told-tool',
      version: '1.0.0',
      user: hash,
      sample: { text: `key ghp_${'a1'.repeat(18)} end`, [`ghp_${'b2'.repeat(18)}`]: 'its name' },
    }
    const give = (who: Who, body: unknown = sample) => call('POST', '/api/samples', who, body)
    expect((await give({ 'x-api-key': key })).body.error.code).toBe('FORBIDDEN')
    const bundle = (await call('POST', '/api/bundles', bob, { name: 'b', title: 'b' })).body.id as string
    expect((await call('PUT', `/api/bundles/${bundle}/samples`, bob, { on: true })).body.required_tier).toBe(
      'operator',
    )
    expect((await call('PUT', `/api/bundles/${id}/samples`, bob, { on: true })).status).toBe(403)
    expect(
      (await call('PUT', `/api/bundles/${id}/samples`, ada, { on: true })).body.samplesSince,
    ).not.toBeNull()
    expect((await give({ 'x-api-key': key })).status).toBe(204)
    expect((await give({ 'x-api-key': key }, { ...sample, slug: 'not-in-it' })).status).toBe(403)
    const named = { ...sample, user: 'ada@example.com' }
    expect((await give({ 'x-api-key': key }, named)).body.error.code).toBe('INPUT_INVALID')
    const elsewhere = { ...sample, slug: '../x' }
    expect((await give({ 'x-api-key': key }, elsewhere)).body.error.code).toBe('INPUT_INVALID')
    // A key of the account itself reaches no bundle by being asked nicely.
    const standard = await test.mint({ account: 'ada', scopes: ['read:bundles'] })
    expect((await give({ 'x-api-key': standard.key })).body.error.code).toBe('FORBIDDEN')
    const huge = { ...sample, sample: { text: 'x'.repeat(20_000) } }
    expect((await give({ 'x-api-key': key }, huge)).body.error.code).toBe('TOO_LARGE')
    expect((await call('GET', `/api/bundles/${id}/samples`, ada)).body.samples).toMatchObject([
      {
        slug: 'told-tool',
        sample: { text: 'key «REDACTED:GITHUB» end', '«REDACTED:GITHUB»': 'its name' },
      },
    ])
    // Asked for while there was a plan, and not stopped since.
    await entitle('free')
    expect((await give({ 'x-api-key': key })).body.required_tier).toBe('operator')
    await entitle('operator')
    await call('PUT', `/api/bundles/${id}/samples`, ada, { on: false })
    expect((await call('GET', `/api/bundles/${id}/samples`, ada)).body.samples).toEqual([])
    expect((await give({ 'x-api-key': key })).status).toBe(403)
  })

  it('takes what Skillet itself sends: statistics without a key, and samples that two people asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'telemetry-'))
    const { id } = (await call('POST', '/api/bundles', ada, { name: 'kitchen', title: 'Kitchen' })).body
    await call('PUT', `/api/bundles/${id}/skills/told-tool`, ada, { version: null })
    const { key } = (await call('POST', `/api/bundles/${id}/tokens`, ada, { label: 'x' })).body
    const connection = (apiKey?: string) =>
      createConnection({ url: test.registry.url, apiKey, stallTimeoutMs: 5000 })
    const telemetry = createTelemetry({
      folder,
      keyless: connection(),
      keyed: connection(key),
      agent: 'window',
      env: {},
      managed: async () => null,
      isOfRegistry: async () => true,
      now: () => new Date(),
      log: () => undefined,
    })
    const samples = async () => (await call('GET', `/api/bundles/${id}/samples`, ada)).body.samples
    const skill = manifestOf({
      slug: 'told-tool',
      capabilities: { 'fs:read': 'Reads a file.' },
      run: { command: ['sh'], inputs: { file: { type: 'file', title: 'File' } } },
    })
    const inputs = { file: '/home/ada/taxes.csv' }
    const ran = () =>
      createHappenings(telemetry).ran(skill, inputs, runResult({ stdout: `ghp_${'a1'.repeat(18)}` }))
    try {
      await telemetry.choose('on')
      // The owner doesn't ask: there is nothing to allow.
      await expect(telemetry.allowSamples(id, true)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await call('PUT', `/api/bundles/${id}/samples`, ada, { on: true })
      // The owner asks, the person hasn't said yes.
      expect((await telemetry.status()).samples).toEqual([{ bundle: id, title: 'Kitchen', allowed: false }])
      ran()
      await expect.poll(async () => (await telemetry.status()).waiting.length).toBe(2)
      await telemetry.allowSamples(id, true)
      ran()
      await expect.poll(async () => (await samples()).length).toBe(1)
      expect((await samples())[0]).toMatchObject({
        slug: 'told-tool',
        sample: { given: { file: '(a file)' }, printed: expect.stringMatching(/^«REDACTED:\w+»$/) },
      })
      expect(JSON.stringify(await samples())).not.toContain('taxes')
      // The owner stops asking: what was allowed then doesn't hold for a later question.
      await call('PUT', `/api/bundles/${id}/samples`, ada, { on: false })
      ran()
      await expect.poll(async () => (await telemetry.status()).samples).toEqual([])
      await call('PUT', `/api/bundles/${id}/samples`, ada, { on: true })
      expect((await telemetry.status()).samples).toMatchObject([{ allowed: false }])

      telemetry.send()
      await expect.poll(async () => (await telemetry.status()).sent.length).toBe(1)
      const { waiting, sent } = await telemetry.status()
      expect([waiting.length, sent[0]!.body.events.length]).toEqual([0, 6])
    } finally {
      await telemetry.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

async function stored(sql: string): Promise<unknown[]> {
  const pg = await import('pg')
  const client = new pg.default.Client({ connectionString: test.registry.databaseUrl })
  await client.connect()
  try {
    await client.query('set search_path = registry')
    return (await client.query(sql)).rows as unknown[]
  } finally {
    await client.end()
  }
}
