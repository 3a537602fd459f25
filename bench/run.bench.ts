import { SandboxManager } from '@anthropic-ai/sandbox-runtime'
import { spawn, type SpawnOptions } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { test } from 'vitest'
import { createEngine } from '../src/engine/engine.ts'
import { createRuntimeFinder } from '../src/engine/sandbox/runtime.ts'
import { launcher, real, runInside } from '../test/support/sandbox.ts'
import { bareBubblewrap } from './support/bare-bubblewrap.ts'
import { startRunRegistry } from './support/run-registry.ts'
import { median, percentile, ratio } from './support/rounds.ts'

// What a run costs, in turn within one process, in another order each round: the program alone; a careful bubblewrap
// command line around it, launched from Node; Anthropic's sandbox-runtime as a library; our sandbox alone; a whole run
// (signed lists asked for at a registry, withdrawals, integrity, permissions, budget, sandbox, receipt, journal), for which
// a sandbox stands ready; and one right behind another, for which none does. A pause after each keeps what is left to do for
// one from the next: the sandbox for the run that may follow is built in it.
// Bars, on a quiet machine: `sh` whole ≤ 1.8 × bubblewrap and ≥ 3 × faster than sandbox-runtime; Python whole ≤ 1.5 × and
// Node ≤ 1.3 × the program alone. Hosted sandboxes aim at 218 ms.
// Needs ripgrep and socat, for the peer: npx vitest run --project bench bench/run.bench.ts

const rounds = Number(process.env['SKILLET_BENCH_ROUNDS'] ?? 31)
const hostedMs = 218
const pauseMs = 60
const programs = [
  { slug: 'bench-sh', command: ['sh', '-c', ':'] },
  { slug: 'bench-python', command: ['python3', '-c', 'pass'] },
  { slug: 'bench-node', command: ['node', '-e', '0'] },
]

test('run', async () => {
  const home = mkdtempSync(join(tmpdir(), 'skillet-bench-'))
  const registry = await startRunRegistry(
    Object.fromEntries(programs.map(({ slug, command }) => [slug, command])),
  )
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
  })
  // As in the window, which keeps looking for withdrawals whether something runs or not.
  engine.onChange(() => {})
  await SandboxManager.initialize({
    network: { allowedDomains: [], deniedDomains: [] },
    filesystem: { denyRead: [], allowWrite: [home], denyWrite: [] },
  })
  const bubblewrap = await real('bwrap')
  const findRuntime = createRuntimeFinder()
  const times: Record<string, string>[] = []
  const ratios: Record<string, string>[] = []
  for (const { slug, command } of programs) {
    const plan = await engine.planInstall({ slug })
    await engine.applyInstall(plan.planId, {}, 'cli')
    const [name = '', ...args] = command
    const path = await real(name)
    const bare = bareBubblewrap(await findRuntime([{ name, path }]), home, [path, ...args])
    const took = await inTurn({
      plain: () => ended(path, args),
      bubblewrap: () => ended(bubblewrap, bare, { env: {} }),
      'sandbox-runtime': async () => {
        const line = await SandboxManager.wrapWithSandbox(command.map((word) => `'${word}'`).join(' '))
        await ended(line, [], { shell: true })
        SandboxManager.cleanupAfterCommand()
      },
      sandbox: async () => {
        const { exitCode } = await runInside(args, { programs: [name] })
        if (exitCode !== 0) throw new Error(`the sandbox ended with ${exitCode}`)
      },
      'whole run': async () => {
        const { exitCode } = await engine.run({ slug, inputs: {} })
        if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}`)
      },
      'right behind another': async (restart) => {
        await engine.run({ slug, inputs: {} })
        restart()
        const { exitCode } = await engine.run({ slug, inputs: {} })
        if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}`)
      },
    })
    const whole = took['whole run']
    const show = (list: number[]) => `${median(list).toFixed(1)} (p95 ${percentile(list, 95).toFixed(1)})`
    times.push({
      program: name,
      ...Object.fromEntries(Object.entries(took).map(([what, list]) => [what, show(list)])),
    })
    ratios.push({
      program: name,
      'whole / plain': ratio(whole, took.plain).toFixed(2),
      'whole / bubblewrap': ratio(whole, took.bubblewrap).toFixed(2),
      'sandbox / bubblewrap': ratio(took.sandbox, took.bubblewrap).toFixed(2),
      'sandbox-runtime / whole': ratio(took['sandbox-runtime'], whole).toFixed(2),
      'hosted / whole': (hostedMs / median(whole)).toFixed(1),
    })
  }
  console.log(
    `load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}; milliseconds, median (p95)`,
  )
  console.table(times)
  console.table(ratios)
  await SandboxManager.reset()
  await engine.close()
  await registry.stop()
  rmSync(home, { recursive: true, force: true })
})

/** What each took in every round since it called `restart`, in milliseconds. The first two rounds aren't counted. */
async function inTurn<N extends string>(
  contestants: Record<N, (restart: () => void) => Promise<void>>,
): Promise<Record<N, number[]>> {
  const names = Object.keys(contestants) as N[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>
  for (let round = -2; round < rounds; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 2) % names.length]!
      let started = performance.now()
      await contestants[name](() => (started = performance.now()))
      if (round >= 0) times[name].push(performance.now() - started)
      await setTimeout(pauseMs)
    }
  return times
}

function ended(path: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  return new Promise((done, fail) => {
    spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
      .on('close', (code) => (code === 0 ? done() : fail(new Error(`${path} ended with ${code}`))))
      .on('error', fail)
  })
}
