import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { telemetryBatchSchema } from '../../src/shared/telemetry.ts'
import {
  cliBundle,
  environment,
  root,
  startDemoRegistry,
  type DemoRegistry,
} from '../support/e2e-registry.ts'

let folder: string
let registry: DemoRegistry
/** Stands between Skillet and the registry and keeps every byte that Skillet sends. */
let wire: Server
let url: string
let sent: Buffer[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-telemetry-'))
  registry = await startDemoRegistry()
  wire = createServer((client) => {
    const there = connect(registry.port, '127.0.0.1')
    client.on('data', (bytes: Buffer) => sent.push(bytes)).pipe(there)
    there.pipe(client)
    for (const socket of [client, there]) socket.on('error', () => (client.destroy(), there.destroy()))
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  url = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`
  await writeFile(join(folder, 'data.csv'), 'a,b\n1,x\n')
})
afterAll(async () => {
  wire.close()
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Runs the built command line, and tells everything that left its processes: requests, and whom else they called. */
async function watched(home: string, args: readonly string[], env: Record<string, string> = {}) {
  sent = []
  const trace = join(folder, 'calls')
  const [program, ...words] = ['strace', '-f', '-qq', '-e', 'trace=connect,sendto,sendmsg', '-o', trace]
  const child = spawn(program, [...words, process.execPath, cliBundle, ...args], {
    cwd: root,
    env: {
      ...environment(),
      SKILLET_HOME: join(folder, home),
      SKILLET_REGISTRY: url,
      SKILLET_TRUST_ROOT: registry.trustRoot,
      SKILLET_API_KEY: registry.demoKey,
      ...env,
    },
    stdio: 'ignore',
  })
  const [status] = (await once(child, 'close')) as [number]
  const calls = await readFile(trace, 'utf8')
  const called = [...calls.matchAll(/sin6?_port=htons\((\d+)\).*?"([^"]+)"/g)].map(
    ([, port, address]) => `${address}:${port}`,
  )
  const text = Buffer.concat(sent).toString('latin1')
  return {
    status,
    requests: [...text.matchAll(/^([A-Z]+) (\/\S*) HTTP\/1\.1\r$/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    ),
    elsewhere: [...new Set(called)].filter((one) => one !== new URL(url).host),
    bodies: [...text.matchAll(/^POST \/api\/telemetry[^]*?\r\n\r\n(\{[^]*?\})(?=[A-Z]+ \/|$)/gm)].map(
      ([, body]) => body!,
    ),
    head: /^POST \/api\/telemetry[^]*?\r\n\r\n/m.exec(text)?.[0] ?? '',
  }
}
const told = (requests: readonly string[]) => requests.filter((one) => /telemetry|samples/.test(one))
const install = ['install', 'csv-profile', '--grant-declared']
const run = () => ['run', 'csv-profile', '--input', `file=${join(folder, 'data.csv')}`]

describe('what leaves the computer', () => {
  it('holds statistics where somebody said yes: the watcher would see them', async () => {
    expect((await watched('yes', ['telemetry', 'on'])).requests).toEqual([])
    await watched('yes', install)
    const ran = await watched('yes', run())
    expect([ran.status, told(ran.requests)]).toEqual([0, []])
    // The next time that the registry is talked to anyway.
    const next = await watched('yes', ['install', 'parse-input', '--grant-declared'])
    expect(told(next.requests)).toContain('POST /api/telemetry')
    const events = next.bodies.flatMap((body) => telemetryBatchSchema.parse(JSON.parse(body)).events)
    expect(events.map(({ event, slug }) => `${event} ${slug}`)).toContain('result csv-profile')
    expect(next.head).not.toMatch(/x-api-key|cookie|authorization/i)
    expect(next.elsewhere).toEqual([])
  })

  it.each<[string, readonly string[] | null, Record<string, string>]>([
    ['nobody was asked', null, {}],
    ['the person said no', ['telemetry', 'off'], {}],
    ['RECIPES_TELEMETRY=off', ['telemetry', 'on'], { RECIPES_TELEMETRY: 'off' }],
    ['DO_NOT_TRACK=1', ['telemetry', 'on'], { DO_NOT_TRACK: '1' }],
  ])('holds none where %s: not one request', async (name, choose, env) => {
    const home = `none-${name.replaceAll(/\W/g, '')}`
    if (choose !== null) await watched(home, choose, env)
    for (const words of [install, run(), ['update'], ['telemetry', 'status']]) {
      const { status, requests, elsewhere } = await watched(home, words, env)
      expect([words[0], status, told(requests), elsewhere]).toEqual([words[0], 0, [], []])
    }
  })
})
