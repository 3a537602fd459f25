import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHappenings } from '../../../../src/engine/telemetry/happenings.ts'
import { createTelemetry, type TelemetryPorts } from '../../../../src/engine/telemetry/telemetry.ts'
import { createConnection } from '../../../../src/engine/registry-client/request.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { telemetryBatchSchema } from '../../../../src/shared/telemetry.ts'
import { manifestOf } from '../../../support/manifest.ts'
import { runResult } from '../../../support/host-values.ts'

let folder: string
let server: Server
let url: string
let asked: { path: string; headers: IncomingHttpHeaders; body: string }[]
let answer: (response: ServerResponse) => void
const opened: { close(): Promise<void> }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telemetry-'))
  asked = []
  answer = (response) => response.writeHead(202).end('{"taken":1}')
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ path: request.url ?? '', headers: request.headers, body })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

function open(more: Partial<TelemetryPorts> = {}) {
  const telemetry = createTelemetry({
    folder: join(folder, 'telemetry'),
    keyless: createConnection({ url, apiKey: undefined, stallTimeoutMs: 5000 }),
    keyed: null,
    agent: 'window',
    env: {},
    managed: async () => null,
    isOfRegistry: async (slug) => slug !== 'from-elsewhere',
    now: () => new Date(),
    log: () => undefined,
    ...more,
  })
  opened.push(telemetry)
  return telemetry
}
type Opened = ReturnType<typeof open>
const skill = manifestOf({ slug: 'csv-profile', version: '1.2.0' })
const run = (telemetry: Opened, result = {}) => createHappenings(telemetry).ran(skill, {}, runResult(result))
/** Until what it does behind one's back is done. */
const settle = async (telemetry: Opened, what: () => boolean | Promise<boolean>) => {
  await expect.poll(what, { interval: 10, timeout: 5000 }).toBe(true)
  return telemetry.status()
}
const waits = (telemetry: Opened, count: number) =>
  settle(telemetry, async () => (await telemetry.status()).waiting.length === count)

describe('statistics', () => {
  it('are noted and sent once somebody has said yes, word for word as the preview had them, without a key', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    run(telemetry, { durationMs: 700, exitCode: 3 })
    await waits(telemetry, 2)
    const preview = await telemetry.preview()
    telemetry.send()
    const { sent, waiting } = await settle(
      telemetry,
      async () => (await telemetry.status()).sent.length === 1,
    )
    expect(waiting).toEqual([])
    expect(asked.map(({ path }) => path)).toEqual(['/api/telemetry'])
    const told = telemetryBatchSchema.parse(JSON.parse(asked[0]!.body))
    expect([told, sent[0]!.body]).toEqual([preview, preview])
    expect(told.events).toMatchObject([
      { event: 'use', slug: 'csv-profile', version: '1.2.0', durationMs: null, retries: null, ok: null },
      { event: 'result', durationMs: 700, retries: 0, ok: false },
    ])
    // Nothing beside the event that would say who it is.
    expect(Object.keys(asked[0]!.headers).toSorted()).toEqual(
      [
        'accept',
        'accept-encoding',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ].toSorted(),
    )
    expect(asked[0]!.headers['user-agent']).toBe('skillet')
  })

  it('count how many tries failed just before', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    const happenings = createHappenings(telemetry)
    const end = async (exitCode: number, count: number) => {
      happenings.ran(skill, {}, runResult({ exitCode }))
      await waits(telemetry, count)
    }
    await end(1, 2)
    await end(1, 4)
    await end(0, 6)
    await end(0, 8)
    happenings.installFailed('plan')
    happenings.installed('plan', skill, 12.4)
    const { waiting } = await waits(telemetry, 9)
    const retries = waiting.filter(({ event }) => event === 'result').map((one) => one.retries)
    expect(retries).toEqual([0, 1, 2, 0])
    expect(waiting.at(-1)).toMatchObject({ event: 'install', retries: 1, durationMs: 12, ok: true })
  })

  it.each<[string, Partial<TelemetryPorts>, 'on' | 'off' | null]>([
    ['nobody has been asked', {}, null],
    ['the person said no', {}, 'off'],
    ['RECIPES_TELEMETRY=off', { env: { RECIPES_TELEMETRY: 'off' } }, 'on'],
    ['DO_NOT_TRACK=1', { env: { DO_NOT_TRACK: '1' } }, 'on'],
    ['administrators forbid it', { managed: async () => 'off' }, 'on'],
    [
      'what administrators decided can’t be read',
      { managed: () => Promise.reject(new SkilletError('POLICY_INVALID', 'x')) },
      'on',
    ],
  ])('are neither kept nor sent where %s', async (_, ports, choice) => {
    const telemetry = open(ports)
    if (choice !== null) await telemetry.choose(choice)
    run(telemetry)
    telemetry.send()
    await telemetry.close()
    expect(asked).toEqual([])
    const kept = await readdir(join(folder, 'telemetry')).catch(() => [])
    expect(kept.filter((name) => name !== 'choice.json')).toEqual([])
    expect(await telemetry.status()).toMatchObject({ on: false, waiting: [], choice })
  })

  it('tell nothing of skills that came from elsewhere', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    createHappenings(telemetry).ran(manifestOf({ slug: 'from-elsewhere' }), {}, runResult())
    run(telemetry)
    const { waiting } = await waits(telemetry, 2)
    expect(new Set(waiting.map(({ slug }) => slug))).toEqual(new Set(['csv-profile']))
  })

  it('that wait are not sent after somebody switched off, in this Skillet or in another', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    run(telemetry)
    await waits(telemetry, 2)
    const other = open()
    await other.choose('off')
    telemetry.send()
    await telemetry.close()
    expect(asked).toEqual([])
    expect(await readdir(join(folder, 'telemetry'))).toEqual(['choice.json'])
  })

  it('that are under way end when somebody switches off, and do not come back', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    run(telemetry)
    await waits(telemetry, 2)
    const cut = new Promise<void>((resolve) => (answer = (response) => response.once('close', resolve)))
    telemetry.send()
    await expect.poll(() => asked.length, { interval: 10 }).toBe(1)
    await telemetry.choose('off')
    // Not by closing, which comes only afterwards.
    await cut
    await telemetry.close()
    await telemetry.choose('on')
    expect(await telemetry.status()).toMatchObject({ waiting: [], sent: [] })
  })

  it('wait for a registry that is out of reach, and are dropped where it does not want them', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    run(telemetry)
    await waits(telemetry, 2)
    answer = (response) => response.destroy()
    telemetry.send()
    await settle(telemetry, async () => asked.length > 0 && (await telemetry.status()).waiting.length === 2)
    answer = (response) =>
      response.writeHead(400).end('{"error":{"code":"INPUT_INVALID","message":"no","remedy":"no"}}')
    await expect
      .poll(
        async () => {
          telemetry.send()
          return (await telemetry.status()).waiting.length
        },
        { interval: 20 },
      )
      .toBe(0)
    expect((await telemetry.status()).sent).toEqual([])
  })

  it('cannot keep Skillet from closing', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    run(telemetry)
    await waits(telemetry, 2)
    answer = () => undefined
    telemetry.send()
    await expect.poll(() => asked.length, { interval: 10 }).toBe(1)
    await telemetry.close()
    expect((await telemetry.status()).waiting).toHaveLength(2)
  })

  it('take a choice that cannot be read for a no', async () => {
    const telemetry = open()
    await telemetry.choose('on')
    await writeFile(join(folder, 'telemetry', 'choice.json'), '{"schema":1,"choice":"on"')
    expect(await telemetry.status()).toMatchObject({ on: false, choice: 'off' })
  })
})
