import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineChange } from '../../../../src/engine/api.ts'
import { createStore } from '../../../../src/engine/install/store.ts'
import { createPaths } from '../../../../src/engine/paths.ts'
import type { RegistryTrust } from '../../../../src/engine/ports.ts'
import { createLiveRuns } from '../../../../src/engine/run/live-runs.ts'
import { createWatch, type Watch, type WatchPorts } from '../../../../src/engine/trust/watch.ts'
import type { NewlyWithdrawn } from '../../../../src/engine/trust/withdrawals.ts'
import type { Held } from '../../../../src/shared/signed-targets.ts'

const withdrawn = {
  reason: 'It sent files away.',
  severity: 'high' as const,
  revokedAt: '2026-11-02T00:00:00Z',
  rotate: [],
  saferVersion: null,
}

let folder: string
let looks: number
let found: NewlyWithdrawn[]
let held: Held[]
let watch: Watch
let log: string[]
const runs = createLiveRuns()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-watch-'))
  looks = 0
  found = []
  held = []
  log = []
  await mkdir(createPaths(folder).records)
  watch = watchOf({})
})
afterEach(async () => {
  watch.close()
  await rm(folder, { recursive: true, force: true })
})

function watchOf(change: Partial<WatchPorts>): Watch {
  return createWatch({
    store: createStore(createPaths(folder)),
    trust: {
      onStatus: () => () => undefined,
      revocations: async () => ({ schema: 1, revocations: [], held }),
    } as unknown as RegistryTrust,
    runs,
    settle: async () => {
      looks++
      return found.splice(0)
    },
    titleOf: async ({ slug }) => `The ${slug}`,
    log: (line) => log.push(line),
    everyMs: 20,
    ...change,
  })
}

async function record(slug: string, change: Record<string, unknown> = {}): Promise<void> {
  const text = JSON.stringify({
    schema: 1,
    installId: '00000000-0000-4000-8000-000000000000',
    slug,
    version: '1.0.0',
    installedAt: '2026-11-01T00:00:00Z',
    envelope: 'e30=',
    keyid: '0'.repeat(64),
    source: 'test',
    ...change,
  })
  await writeFile(join(folder, 'new.json'), text)
  await rename(join(folder, 'new.json'), join(folder, 'records', `${slug}.json`))
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 80))

describe('the watch', () => {
  it('looks as long as somebody listens or something runs, and not a moment longer', async () => {
    await settled()
    expect(looks).toBe(0)
    const stopListening = watch.onChange(() => undefined)
    const stopRunning = watch.keepLooking()
    await expect.poll(() => looks).toBeGreaterThan(2)
    stopListening()
    const before = looks
    await expect.poll(() => looks).toBeGreaterThan(before + 1)
    stopRunning()
    stopRunning()
    await settled()
    const after = looks
    await settled()
    expect(looks).toBe(after)
  })

  it('goes on after a look that failed', async () => {
    let fail = true
    const failing = watchOf({
      settle: async () => {
        looks++
        if (fail) throw new Error('no connection')
        return []
      },
    })
    failing.onChange(() => undefined)
    await expect.poll(() => looks).toBeGreaterThan(1)
    fail = false
    await expect.poll(() => looks).toBeGreaterThan(3)
    failing.close()
    expect(log[0]).toMatch(/^looking for withdrawn skills: /)
  })

  it('waits as long each time: Node keeps a list for every length that an idle timer ever had', async () => {
    const long = watchOf({ everyMs: 300_000 })
    const timers = vi.spyOn(globalThis, 'setTimeout')
    for (let run = 1; run <= 20; run++) {
      const before = timers.mock.calls.length
      const stop = long.keepLooking()
      await vi.waitUntil(() => timers.mock.calls.slice(before).some(([, ms]) => ms! > 200_000))
      stop()
    }
    const lengths = new Set(timers.mock.calls.map(([, ms]) => ms!).filter((ms) => ms > 200_000))
    timers.mockRestore()
    long.close()
    expect(lengths.size).toBe(1)
  })

  it('tells of each withdrawal once, whoever found it, and of none that is old', async () => {
    await record('old', { withdrawn })
    await record('fresh')
    const heard: EngineChange[] = []
    watch.onChange((change) => heard.push(change))
    await expect.poll(() => looks).toBeGreaterThan(0)
    const run = runs.begin('fresh', undefined)
    run.isOf('1.0.0')
    // Another Skillet moves it to quarantine.
    await record('fresh', { withdrawn })
    await expect.poll(() => run.signal.aborted, { timeout: 8000 }).toBe(true)
    found = [{ slug: 'fresh', version: '1.0.0', title: 'The fresh', withdrawn }]
    await expect.poll(() => found).toEqual([])
    await settled()
    expect(heard.filter(({ kind }) => kind === 'withdrawn')).toEqual([
      { kind: 'withdrawn', slug: 'fresh', version: '1.0.0', title: 'The fresh', withdrawn },
    ])
    run.ended()
  })

  it('hears of what another Skillet installs, pins and removes', async () => {
    await record('a')
    const heard: EngineChange[] = []
    watch.onChange((change) => heard.push(change))
    await expect.poll(() => looks).toBeGreaterThan(0)
    await record('b')
    await expect.poll(() => heard, { timeout: 8000 }).toEqual([{ kind: 'library', slug: 'b' }])
    await record('a', { pinned: true })
    await expect.poll(() => heard.length, { timeout: 8000 }).toBe(2)
    await rm(join(folder, 'records', 'b.json'))
    await expect.poll(() => heard.length, { timeout: 8000 }).toBe(3)
    expect(heard.slice(1)).toEqual([
      { kind: 'library', slug: 'a' },
      { kind: 'library', slug: 'b' },
    ])
  })

  it('tells of what is put on hold and released, once each', async () => {
    const heard: EngineChange[] = []
    watch.onChange((change) => heard.push(change))
    await expect.poll(() => looks).toBeGreaterThan(1)
    expect(heard).toEqual([])
    held = [{ slug: 'a', words: 'Reported as malware.', since: '2026-11-22T09:00:00Z' }]
    await expect.poll(() => heard).toEqual([{ kind: 'library', slug: null }])
    const before = looks
    await expect.poll(() => looks).toBeGreaterThan(before + 2)
    expect(heard).toHaveLength(1)
    held = []
    await expect.poll(() => heard).toHaveLength(2)
  })

  it('is quiet once it is closed', async () => {
    const heard: EngineChange[] = []
    watch.onChange((change) => heard.push(change))
    await expect.poll(() => looks).toBeGreaterThan(0)
    watch.close()
    await record('late')
    await settled()
    const after = looks
    await settled()
    expect(looks).toBe(after)
    expect(heard).toEqual([])
  })
})
