import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { createEngine } from '../src/engine/engine.ts'
import { generateSigningKey } from '../src/trust/sign.ts'
import { launcher, real, runInside } from '../test/support/sandbox.ts'
import { startTinyRegistry, textFile } from '../test/support/tiny-registry.ts'

// What a run costs: the program alone, the program in the sandbox, and a whole run (signed lists, integrity, permissions,
// budget, sandbox, receipt, journal), in turn within one process. Medians, and the ratio to the program alone.
// npx vitest run --project bench

const rounds = 21
const programs = [
  { slug: 'bench-sh', command: ['sh', '-c', ':'] },
  { slug: 'bench-python', command: ['python3', '-c', 'pass'] },
  { slug: 'bench-node', command: ['node', '-e', '0'] },
]

test('run', async () => {
  const home = mkdtempSync(join(tmpdir(), 'skillet-bench-'))
  const registry = await startTinyRegistry(generateSigningKey())
  const engine = await createEngine({
    home,
    registryUrl: registry.url,
    trustRootFile: registry.trustRoot,
    apiKey: null,
    launcher,
  })
  const rows: Record<string, string>[] = []
  for (const { slug, command } of programs) {
    await registry.publish({
      slug,
      manifest: { capabilities: {}, budget: { runs_per_day: 1000 }, run: { command } },
      files: [textFile('SKILL.md', `---\nname: ${slug}\ndescription: Bench.\n---\n`)],
    })
    const plan = await engine.planInstall({ slug })
    await engine.applyInstall(plan.planId, {}, 'cli')
    const [program, ...args] = command
    const path = await real(program!)
    const times = { plain: [] as number[], sandbox: [] as number[], run: [] as number[] }
    for (let round = -1; round < rounds; round++) {
      const plain = await timed(() => plainly(path, args))
      const sandbox = await timed(() => runInside(args, { programs: [program!] }))
      const run = await timed(() => engine.run({ slug, inputs: {} }))
      if (round < 0) continue
      times.plain.push(plain)
      times.sandbox.push(sandbox)
      times.run.push(run)
    }
    const base = median(times.plain)
    const show = (list: number[]) => `${median(list).toFixed(1)} ms (× ${(median(list) / base).toFixed(2)})`
    rows.push({
      program: program!,
      plain: show(times.plain),
      sandbox: show(times.sandbox),
      'whole run': show(times.run),
    })
  }
  console.table(rows)
  await engine.close()
  await registry.stop()
  rmSync(home, { recursive: true, force: true })
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function plainly(path: string, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      .on('close', () => done())
      .on('error', fail)
  })
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
