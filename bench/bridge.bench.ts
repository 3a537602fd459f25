import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import serverProcess from 'thread:./support/bridge-process.ts'
import type { Served, Usage } from './support/bridge-process.ts'
import { generateSigningKey } from '../src/trust/sign.ts'
import { startTinyRegistry, type TinyRegistry } from '../test/support/tiny-registry.ts'
import { median, percentile, ratio } from './support/rounds.ts'

// What a warm search costs an agent over REST beside the least that Hono can do over the same transport, asked in turn by the
// same program; 500 clients at once; and what the bridge costs while nobody asks. A minute:
// npx vitest run --project bench bench/bridge.bench.ts

const rounds = Number(process.env['SKILLET_BENCH_ROUNDS'] ?? 15)
const perRound = 200
/** Until V8 has compiled what is asked often. */
const warmUp = 4000
const clients = 500
const skills = 20
const idleSeconds = 10

const children: ChildProcess[] = []
let registry: TinyRegistry
beforeAll(async () => {
  registry = await startTinyRegistry(generateSigningKey())
  for (let at = 0; at < skills; at++)
    await registry.publish({ slug: `sample-${at}`, manifest: { title: `Sample number-${at}` } })
}, 60_000)
afterAll(async () => {
  for (const child of children) child.kill()
  await registry.stop()
})

interface Server extends Served {
  readonly pid: number
  /** `collected`: after the garbage is gone. */
  usage(how: 'collected' | 'as it is'): Promise<Usage>
}

async function serve(kind: string): Promise<Server> {
  const child = fork(serverProcess, [kind, registry.url, registry.trustRoot], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--expose-gc'],
  })
  children.push(child)
  const [served] = (await once(child, 'message')) as [Served]
  return {
    ...served,
    pid: child.pid!,
    async usage(how) {
      child.send(how)
      return ((await once(child, 'message')) as [Usage])[0]
    },
  }
}

const agent = new Agent({ keepAlive: true })
/** One request over a kept connection; how long it took in milliseconds. */
function ask(server: Server, over: 'port' | 'socket', path: string): Promise<number> {
  const started = performance.now()
  const at = over === 'port' ? { host: '127.0.0.1', port: server.port } : { socketPath: server.socket }
  const host = over === 'port' ? `127.0.0.1:${server.port}` : 'localhost'
  return new Promise((resolve, reject) => {
    request(
      { ...at, path, agent, headers: { host, authorization: `Bearer ${server.token}` } },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve(performance.now() - started)
          else reject(new Error(String(response.statusCode)))
        })
      },
    )
      .on('error', reject)
      .end()
  })
}

test('a warm search over REST', async () => {
  const [bridge, hello] = [await serve('bridge'), await serve('hello')]
  const one = '/v1/skills?text=number-7'
  const page = '/v1/skills?text=sample'
  /** Spelled in another way each time, so that no answer is there already and as many are found. */
  let asked = 0
  const respelled = () => {
    const bits = asked++
    return [...'sample number']
      .map((letter, at) => ((bits >> at) & 1 ? letter.toUpperCase() : letter))
      .join('')
      .replace(' ', '%20')
  }
  const contestants: readonly [string, Server, () => string][] = [
    ['hello', hello, () => '/'],
    ['one skill found', bridge, () => one],
    ['a page found', bridge, () => page],
    ['a page found, never asked before', bridge, () => `/v1/skills?text=${respelled()}`],
  ]
  for (const over of ['port', 'socket'] as const) {
    const times = new Map<string, number[]>(contestants.map(([name]) => [name, []]))
    const cpu = new Map<string, number[]>(contestants.map(([name]) => [name, []]))
    for (const [, server, what] of contestants)
      for (let at = 0; at < warmUp; at++) await ask(server, over, what())
    for (let round = 0; round < rounds; round++)
      for (let turn = 0; turn < contestants.length; turn++) {
        const [name, server, what] = contestants[(turn + round) % contestants.length]!
        const before = await server.usage('as it is')
        const took: number[] = []
        for (let at = 0; at < perRound; at++) took.push(await ask(server, over, what()))
        const after = await server.usage('as it is')
        times.get(name)!.push(median(took))
        cpu.get(name)!.push((after.cpuMs - before.cpuMs) / perRound)
      }
    for (const [name] of contestants)
      console.log(
        `${over}, ${name}: p50 ${median(times.get(name)!).toFixed(3)} ms, ${ratio(times.get(name)!, times.get('hello')!).toFixed(2)} x hello; processor ${median(cpu.get(name)!).toFixed(3)} ms, ${ratio(cpu.get(name)!, cpu.get('hello')!).toFixed(2)} x; load ${loadavg()[0]!.toFixed(1)}`,
      )
    expect(times.get('hello')).toHaveLength(rounds)
  }
  for (const child of children.splice(0)) child.kill()
})

test(`${clients} clients at once`, async () => {
  const bridge = await serve('bridge')
  const own = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const askAs = (one: Agent, at: number) =>
    new Promise<number>((resolve, reject) => {
      const started = performance.now()
      request(
        {
          host: '127.0.0.1',
          port: bridge.port,
          path: '/v1/skills?text=sample',
          agent: one,
          headers: { authorization: `Bearer ${bridge.tokens[at % bridge.tokens.length]!}` },
        },
        (response) =>
          response
            .resume()
            .on('end', () =>
              response.statusCode === 200
                ? resolve(performance.now() - started)
                : reject(new Error(String(response.statusCode))),
            ),
      )
        .on('error', reject)
        .end()
    })
  const started = performance.now()
  const asked = await Promise.allSettled(
    own.map(async (one, number) => {
      const times: number[] = []
      for (let at = 0; at < 10; at++) times.push(await askAs(one, number))
      return times
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const one of own) one.destroy()
  const failed = asked.filter(({ status }) => status === 'rejected')
  const times = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  console.log(
    `${clients} clients, each with a connection: ${times.length} answers in ${seconds.toFixed(1)} s, ${failed.length} clients with an error; p50 ${median(times).toFixed(0)} ms, p99 ${percentile(times, 99).toFixed(0)} ms; load ${loadavg()[0]!.toFixed(1)}`,
  )
  expect(failed).toEqual([])
  for (const child of children.splice(0)) child.kill()
})

/** How often the main thread of a process was put to work: context switches, by proc(5). The other threads only serve it. */
function wakeUps(pid: number): { main: number; all: number } {
  const of = (tid: string) => {
    const text = readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8')
    return [...text.matchAll(/ctxt_switches:\t(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  }
  const counts = readdirSync(`/proc/${pid}/task`).map(of)
  return { main: of(String(pid)), all: counts.reduce((sum, count) => sum + count, 0) }
}

test('the bridge while nobody asks', async () => {
  const extra: number[] = []
  const heap: number[] = []
  for (let round = 0; round < 3; round++) {
    const [bridge, engine] = [await serve('bridge'), await serve('engine')]
    // Somebody has asked before.
    for (let at = 0; at < 100; at++) await ask(bridge, 'port', '/v1/skills?text=sample')
    agent.destroy()
    await delay(3000)
    const [withIt, without] = [await bridge.usage('collected'), await engine.usage('collected')]
    extra.push((withIt.rss - without.rss) / 1024 / 1024)
    heap.push((withIt.heapUsed - without.heapUsed) / 1024 / 1024)
    await delay(500)
    const [before, beforeEngine] = [wakeUps(bridge.pid), wakeUps(engine.pid)]
    await delay(idleSeconds * 1000)
    const [after, afterEngine] = [wakeUps(bridge.pid), wakeUps(engine.pid)]
    console.log(
      `idle for ${idleSeconds} s: woken ${after.main - before.main} times (all threads ${after.all - before.all}), the engine alone ${afterEngine.main - beforeEngine.main} (${afterEngine.all - beforeEngine.all})`,
    )
    for (const child of children.splice(0)) child.kill()
  }
  console.log(
    `memory beyond the engine: ${median(extra).toFixed(1)} MB resident, ${median(heap).toFixed(1)} MB of heap; load ${loadavg()[0]!.toFixed(1)}`,
  )
})
