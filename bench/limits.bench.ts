import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runInside, type InsideOptions } from '../test/support/sandbox.ts'
import { median, percentile } from './support/rounds.ts'

// From the moment in which a limit is hit to the last process gone, with 82 processes that have left their parents and
// sessions and ignore every signal they can. The skill itself tells the moment, or the clock does: the time limit's is when
// it started plus its limit, the person's is the word to stop. Bar: 100 ms. Memory: how far beyond its limit it got; bar 10 %.
// Needs `npm run build` (the launcher), bubblewrap and python3, and an ordinary user, since no skill runs as root:
// npx vitest run --project bench bench/limits.bench.ts   (from root: sudo -H -u NAME npx …)

const rounds = Number(process.env['SKILLET_BENCH_ROUNDS'] ?? 11)
const marker = 'bench-limits-hidden'
const MIB = 2 ** 20

/** Starts them, waits until all are there, says so, and then does what `end` says. */
const hidden = (end: string) => `
import os, signal, sys, time
${'# '}${marker}
for number in range(1, 65):
  try: signal.signal(number, signal.SIG_IGN)
  except (OSError, ValueError): pass
ready, tell = os.pipe()
for _ in range(82):
  if os.fork() == 0:
    os.setsid()
    if os.fork() != 0: os._exit(0)
    os.write(tell, b"x")
    time.sleep(600)
while len(os.read(ready, 1)) < 1: pass
count = 1
while count < 82: count += len(os.read(ready, 82))
def now(): sys.stderr.write(f"AT {time.time()}\\n"); sys.stderr.flush()
${end}
`

interface Way {
  readonly end: string
  readonly options: InsideOptions
  readonly reason: string
}
const ways: Record<string, Way> = {
  time: { end: 'now(); time.sleep(600)', options: { limits: { timeoutMs: 1500 } }, reason: 'time' },
  memory: {
    // Every page that it takes is told before it is there.
    end: `
held = []
while True:
  now()
  held.append(bytearray(4 << 20))
`,
    options: { limits: { memoryBytes: 700 * MIB } },
    reason: 'memory',
  },
  disk: {
    end: `
with open("/skill/out/big", "wb") as file:
  while True:
    now()
    file.write(b"x" * (1 << 20)); file.flush(); os.fsync(file.fileno())
`,
    options: { limits: { writtenBytes: 16 * MIB } },
    reason: 'disk',
  },
  output: {
    end: 'data = "x" * 65536\nwhile True: now(); sys.stdout.write(data)',
    options: { limits: { outputBytes: 4 * MIB } },
    reason: 'output',
  },
  stop: { end: 'now(); time.sleep(600)', options: {}, reason: 'stopped' },
}

test('limits', async () => {
  const rows: Record<string, Record<string, string>> = {}
  const took: Record<string, number[]> = {}
  const overshoot: number[] = []
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) {
      const measured = await endOf(name, way)
      ;(took[name] ??= []).push(measured.ms)
      if (name === 'memory') overshoot.push(measured.peakBytes / way.options.limits!.memoryBytes! - 1)
    }
  for (const [name, list] of Object.entries(took))
    rows[name] = {
      'median, ms': median(list).toFixed(0),
      'p95, ms': percentile(list, 95).toFixed(0),
      'most, ms': Math.max(...list).toFixed(0),
    }
  console.log(`load ${loadavg()[0]!.toFixed(1)}; from the limit to the last of 83 processes gone`)
  console.table(rows)
  console.log(
    `memory beyond its limit: median ${(median(overshoot) * 100).toFixed(1)} %, most ${(Math.max(...overshoot) * 100).toFixed(1)} %`,
  )
})

/** Milliseconds from the limit being hit until nothing of it is left. */
async function endOf(
  name: string,
  { end, options, reason }: Way,
): Promise<{ ms: number; peakBytes: number }> {
  const stop = new AbortController()
  let stoppedAt = 0
  const out = mkdtempSync(join(tmpdir(), 'skillet-limits-'))
  const inside = await runInside(['-c', hidden(end)], {
    ...options,
    state: [{ inside: 'out', host: out }],
    signal: stop.signal,
    onOutput: (text) => {
      if (name !== 'stop' || stoppedAt > 0 || !text.includes('AT ')) return
      stoppedAt = Date.now()
      stop.abort()
    },
  })
  const gone = Date.now()
  rmSync(out, { recursive: true, force: true })
  expect(inside.reason).toBe(reason)
  expect(hiddenOnes()).toBe(0)
  const told = Number(inside.stderr.split('AT ').at(-1)!.split('\n')[0]) * 1000
  const ms: Record<string, () => number> = {
    time: () => inside.durationMs - options.limits!.timeoutMs!,
    stop: () => gone - stoppedAt,
  }
  return { ms: ms[name]?.() ?? gone - told, peakBytes: inside.peakMemoryBytes }
}

function hiddenOnes(): number {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)
    } catch {
      return false
    }
  }).length
}
