import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { capabilityDigest } from '../../../src/engine/grants/digest.ts'
import { assertIntact } from '../../../src/engine/install/integrity.ts'
import { toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import { sampleRelease, type SampleRelease } from '../sample-release.ts'
import { openStore } from '../store-home.ts'
import { treeOf } from '../tree.ts'
import type { StoreStep } from './store-child.ts'
import { buildStoreChild, type Fault, type StoreEnd } from './store-process.ts'

const run = promisify(execFile)

export const slug = 'sample-skill'

/** Downloads that were not yet verified are kept for going on; records and what was set aside have numbers and times of their own. */
const besides = /^(audit|cache|edited|trash|grants\.json)(\/|$)|^records\/.*json$/

export interface StartOptions {
  fault?: Omit<Fault, 'folder'>
  /** Faults count from the opening of the store on, not from the change. */
  fromOpening?: boolean
  wrap?: (command: string[]) => string[]
}

/** Stores in folders of their own, signed skills to put into them, and a process to do it in. */
export async function createStoreLab() {
  const key = generateSigningKey()
  const keys = toPublishKeys([key.publicKey])
  const scratch = await mkdtemp(join(tmpdir(), 'skillet-lab-'))
  const samples = join(scratch, 'samples')
  const child = await buildStoreChild()
  const releases = new Map<string, SampleRelease>()
  let homes = 0

  async function addSample(options: Parameters<typeof sampleRelease>[1]): Promise<void> {
    const sample = sampleRelease(key, options)
    const { slug: of, version } = sample.release
    await writeFile(join(samples, `${of}-${version}.dsse.json`), sample.envelope)
    await writeFile(join(samples, `${of}-${version}.tgz`), sample.tarball)
    releases.set(`${of}-${version}`, sample)
  }
  await mkdir(samples)
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) await addSample({ version, more: 4 })

  const freshHome = () => join(scratch, `home-${++homes}`)

  function start(home: string, steps: StoreStep[], options: StartOptions = {}): Promise<StoreEnd> {
    const { fault, fromOpening = false, wrap } = options
    return child.start(
      { home, keys, slug, samples, started: fromOpening ? null : `${home}.started`, steps },
      {
        ...(fault === undefined ? {} : { fault: { folder: home, ...fault } }),
        ...(wrap === undefined ? {} : { wrap }),
      },
    )
  }

  return {
    keys,
    scratch,
    addSample,
    freshHome,
    start,
    /** A store in which these steps were taken. */
    async storeAfter(steps: StoreStep[]): Promise<string> {
      const home = freshHome()
      const end = await start(home, steps)
      expect(end.report?.outcomes, end.stderr).toEqual(steps.map(() => 'done'))
      return home
    },
    async copyOf(base: string): Promise<string> {
      const home = freshHome()
      await run('cp', ['-a', base, home])
      return home
    },
    /**
     * Takes one step, and leaves in `at` the store as kill -9 at each of its calls leaves it. `use` puts one of them in the
     * place of the store, where it is opened again.
     */
    async atEachCall(
      home: string,
      step: StoreStep,
      options: { fromOpening?: boolean } = {},
    ): Promise<{ end: StoreEnd; calls: string; use: (at: number) => Promise<void> }> {
      const log = `${home}.log`
      const copies = `${home}.copies`
      await mkdir(copies)
      const end = await start(home, [step], { fault: { at: 0, log, copies }, ...options })
      return {
        end,
        calls: await readFile(log, 'utf8'),
        async use(at) {
          await rm(home, { recursive: true, force: true })
          await rename(join(copies, String(at)), home)
        },
      }
    },
    discard: (home: string) => rm(home, { recursive: true, force: true }),

    /**
     * What a store holds, opened as the next start does, in a form that two stores can be compared by: every path but
     * for what has numbers of its own, so that remains of any kind show. Whatever is in force must be sound.
     */
    async stateOf(home: string): Promise<string> {
      const opened = await openStore(home, keys)
      expect(opened.putOff).toBeNull()
      expect(await opened.store.damaged()).toEqual([])
      expect(await opened.journal.verify()).toMatchObject({ ok: true, problem: null })
      const record = await opened.store.get(slug)
      const grants = await opened.grants.list(slug)
      const tree = await treeOf(home, besides)
      if (record === null) return JSON.stringify({ grants, tree })
      const { version, kept, withdrawn, pinned } = record
      if (withdrawn === null) {
        await assertIntact(opened.store, keys, slug)
        expect(await opened.store.readCurrent(slug)).toBe(version)
      }
      const digest = capabilityDigest(releases.get(`${slug}-${version}`)!.release.skill)
      const own = grants.filter((grant) => grant.capabilityDigest === digest)
      expect(own).toMatchObject([{ decision: 'allow' }])
      return JSON.stringify({
        version,
        kept: kept.map((one) => one.version),
        withdrawn,
        pinned,
        reach: grants.map((grant) => grant.capabilityDigest),
        tree,
      })
    },

    async stop(): Promise<void> {
      await child.remove()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

export type StoreLab = Awaited<ReturnType<typeof createStoreLab>>

/** Two at a time: a start of Node keeps one processor busy, and everything has at least two. */
export async function forEachPoint(points: readonly number[], work: (point: number) => Promise<void>) {
  const left = [...points]
  const worker = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) await work(point)
  }
  await Promise.all([worker(), worker()])
}

export const countTo = (last: number, step = 1): number[] =>
  Array.from({ length: Math.ceil(last / step) }, (_, index) => 1 + index * step)
