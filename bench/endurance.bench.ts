import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'vitest'
import { createEngine } from '../src/engine/engine.ts'
import { launcher } from '../test/support/sandbox.ts'
import { median } from './support/rounds.ts'
import { startRunRegistry } from './support/run-registry.ts'

// Runs in a row within one engine: what is left of them, and whether memory or time grows from the first tenth to the last.
// Bars: nothing is left but the journal and what belongs to it, and no growth. Needs `npm run build` (the launcher),
// bubblewrap and an ordinary user, since no skill runs as root (from root: sudo -H -u NAME …):
// SKILLET_BENCH_RUNS=10000 npx vitest run --project bench bench/endurance.bench.ts
// Node compiles what is run often for thousands of runs, and keeps that. With SKILLET_BENCH_INTERPRETED=1 it doesn't: what
// the heap then holds after a collection is data alone, and the times mean nothing.

const runs = Number(process.env['SKILLET_BENCH_RUNS'] ?? 200)
if (process.env['SKILLET_BENCH_INTERPRETED'] === '1')
  for (const flag of ['--no-opt', '--no-sparkplug', '--no-flush-bytecode']) setFlagsFromString(flag)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const slug = 'bench-endurance'

test('endurance', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-endurance-'))
  process.env['TMPDIR'] = join(folder, 'tmp')
  mkdirSync(process.env['TMPDIR'])
  const home = join(folder, 'home')
  const registry = await startRunRegistry({ [slug]: ['sh', '-c', `: ${slug}`] })
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
  })
  const { planId } = await engine.planInstall({ slug })
  await engine.applyInstall(planId, {}, 'cli')
  // Laid out before: what the measure itself keeps must not count.
  const samples = { rss: new Float64Array(runs), heap: new Float64Array(runs), ms: new Float64Array(runs) }
  const tenth = Math.ceil(runs / 10)
  const held: number[] = []
  let before = leftovers(home)
  for (let index = 0; index < runs; index++) {
    const started = performance.now()
    const { exitCode, reason } = await engine.run({ slug, inputs: {} })
    if (exitCode !== 0) throw new Error(`run ${index} ended with ${exitCode} (${reason})`)
    const { rss, heapUsed } = process.memoryUsage()
    samples.ms[index] = performance.now() - started
    samples.rss[index] = rss / 2 ** 20
    samples.heap[index] = heapUsed / 2 ** 20
    if (index === tenth - 1 || index === runs - 1) held.push(await heldNow())
    // Connections and files that stay open between runs are open by then.
    if (index === 20) before = leftovers(home)
    if (index % 500 === 499) console.log(`${index + 1} runs, load ${loadavg()[0]!.toFixed(1)}`)
  }
  // What a run leaves to the background.
  await new Promise((done) => setTimeout(done, 1000))
  const after = leftovers(home)
  const grown = (what: keyof typeof samples) => {
    const all = [...samples[what]]
    return row(median(all.slice(0, tenth)), median(all.slice(-tenth)))
  }
  console.table({
    'memory, MiB': grown('rss'),
    'heap, MiB': grown('heap'),
    'heap after a collection, MiB': row(held[0]!, held[1]!),
    'a run, ms': grown('ms'),
  })
  console.table(
    Object.fromEntries(
      Object.keys(after).map((what) => [what, { before: before[what], after: after[what] }]),
    ),
  )
  const { ok, entries } = await engine.verifyAudit()
  console.log(`${runs} runs; the journal's ${entries} entries are ${ok ? 'whole' : 'BROKEN'}`)
  await engine.close()
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
}, 3_600_000)

function row(first: number, last: number) {
  return { 'first tenth': first.toFixed(2), 'last tenth': last.toFixed(2), ratio: (last / first).toFixed(3) }
}

/** What is still referred to, in MiB, once what a run leaves to the background is over. */
async function heldNow(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await new Promise((done) => setTimeout(done, 250))
    collect()
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** How much of each kind there is now. */
function leftovers(home: string): Record<string, number> {
  const self = '/proc/self'
  const descriptors = readdirSync(`${self}/fd`).map((fd) => linkOf(`${self}/fd/${fd}`))
  const ofKind = (kind: RegExp) => descriptors.filter((target) => kind.test(target)).length
  return {
    'child processes': readFileSync(`${self}/task/${process.pid}/children`, 'utf8').split(' ').length - 1,
    'processes of the skill': readdirSync('/proc').filter((pid) => commandOf(pid).includes(`: ${slug}`))
      .length,
    sockets: ofKind(/^socket:/),
    pipes: ofKind(/^pipe:/),
    'other descriptors': ofKind(/^(?!socket:|pipe:)/),
    mounts: readFileSync(`${self}/mountinfo`, 'utf8').split('\n').length - 1,
    'control groups': existsSync('/sys/fs/cgroup') ? foldersIn('/sys/fs/cgroup') : 0,
    'temporary files': readdirSync(tmpdir()).length,
    "files in Skillet's folder": filesIn(home),
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function commandOf(pid: string): string {
  if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return ''
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function filesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isDirectory() ? filesIn(join(folder, entry.name)) : 1),
    0,
  )
}

function foldersIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isDirectory() ? 1 + foldersIn(join(folder, entry.name)) : 0),
    0,
  )
}
