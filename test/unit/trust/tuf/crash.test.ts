import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type * as Fs from 'node:fs'
import type * as FsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTufClient, type TufSource } from '../../../../src/trust/tuf.ts'
import { createTufRepository, sourceOf } from '../../../support/tuf-repository.ts'
import { codeOf } from '../code.ts'

// The disk under the client: every step that changes it is counted, and from one step on nothing reaches it any more, as
// after kill -9 or a power cut; a write under way at that moment is cut in half. Or the one step fails: the disk is full.

const disk = vi.hoisted(() => ({
  steps: 0,
  failAt: Number.POSITIVE_INFINITY,
  mode: 'dead' as 'dead' | 'full',
}))

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof FsPromises>()
  return {
    ...real,
    mkdir: guarded(real.mkdir),
    rename: guarded(real.rename),
    rm: guarded(real.rm),
    open: async (...args: Parameters<typeof real.open>) => {
      const writes = args[1] !== 'r'
      if (writes) step()
      const handle = await real.open(...args)
      const { writeFile, write } = handle
      const half = (bytes: unknown) => (bytes as Uint8Array).subarray(0, (bytes as Uint8Array).length >> 1)
      return Object.assign(handle, {
        writeFile: async (bytes: Uint8Array) => {
          if (dies()) await Reflect.apply(writeFile, handle, [half(bytes)])
          step()
          return Reflect.apply(writeFile, handle, [bytes])
        },
        write: async (bytes: Uint8Array, ...rest: number[]) => {
          if (dies()) await Reflect.apply(write, handle, [half(bytes)])
          step()
          return Reflect.apply(write, handle, [bytes, ...rest])
        },
        // A point where it may end, like the others; waiting for a real disk would show nothing more.
        sync: async () => step(),
      })
    },
  }
})

vi.mock('node:fs', async (load) => {
  const real = await load<typeof Fs>()
  return {
    ...real,
    openSync: guarded(real.openSync),
    writeSync: guarded(real.writeSync),
    renameSync: guarded(real.renameSync),
    unlinkSync: guarded(real.unlinkSync),
    linkSync: guarded(real.linkSync),
  }
})

// Hoisted above the mocks, which use them.
function dies(): boolean {
  return disk.mode === 'dead' && disk.steps + 1 === disk.failAt
}
function step(): void {
  disk.steps++
  const fails = disk.mode === 'dead' ? disk.steps >= disk.failAt : disk.steps === disk.failAt
  if (fails) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}
function guarded<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    step()
    return work(...args)
  }
}

const essential = ['signing-keys.json', 'revocations.json']
const bin = 'releases/a/1.0.0.dsse.json'
const repo = createTufRepository()
repo.delegate('registry', { paths: ['revocations.json'] })
repo.delegate('bin', { paths: ['releases/*/*'] })
repo.put('targets', 'signing-keys.json', 'keys')
repo.put('registry', 'revocations.json', 'before')
repo.put('bin', bin, 'release')
repo.publish()
const pinnedRoot = repo.root()
const before = repo.freeze()
repo.put('registry', 'revocations.json', 'after')
repo.publish()
const after = repo.freeze()
repo.rotate('timestamp', 'snapshot')
repo.publish()
const rotated = repo.freeze()

const work = mkdtempSync(join(tmpdir(), 'skillet-crash-'))
const prepared = join(work, 'prepared')
let dead = 0
beforeAll(async () => {
  // How long an abandoned lock is waited for is tested in exclusive.test.ts; here each point would wait for it.
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() * 50)
  dead = spawnSync(process.execPath, ['-e', '']).pid
  const client = clientOf(prepared)
  await client.refresh(sourceOf(before))
  await client.fetch(bin, sourceOf(before))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

function clientOf(folder: string) {
  return createTufClient({ folder, pinnedRoot, essential })
}

async function refreshAndFetch(folder: string, source: TufSource): Promise<unknown> {
  const client = clientOf(folder)
  await client.refresh(source)
  return client.fetch(bin, source)
}

/** Runs `refreshAndFetch` once for each step that it takes, on a copy of `from`, failing at that step. */
async function* failures(mode: 'dead' | 'full', from: string | null, files: ReadonlyMap<string, Uint8Array>) {
  const folder = join(work, 'now')
  for (let failAt = 1; ; failAt++) {
    rmSync(folder, { recursive: true, force: true })
    if (from !== null) cpSync(from, folder, { recursive: true, preserveTimestamps: true })
    Object.assign(disk, { steps: 0, failAt, mode })
    const code = await refreshAndFetch(folder, sourceOf(files)).then(
      () => 'returned',
      (error: { code: string }) => error.code,
    )
    Object.assign(disk, { failAt: Number.POSITIVE_INFINITY })
    // The process is gone: a lock that it held names somebody who no longer is.
    const lock = join(folder, 'lock')
    if (mode === 'dead' && existsSync(lock) && readFileSync(lock).length > 0)
      writeFileSync(lock, String(dead))
    if (disk.steps < failAt) return
    yield { folder, failAt, code }
  }
}

async function revocations(folder: string): Promise<string> {
  return readFileSync(await clientOf(folder).fetch('revocations.json', null), 'utf8')
}

describe('a kill at any step that changes the disk', () => {
  it('of the very first refresh: nothing is in force, or all of it, and the next refresh completes', async () => {
    let points = 0
    for await (const { folder } of failures('dead', null, after)) {
      points++
      const state = await clientOf(folder).load()
      if (state !== null) expect(await revocations(folder)).toBe('after')
      await refreshAndFetch(folder, sourceOf(after))
      expect(await revocations(folder)).toBe('after')
    }
    expect(points).toBeGreaterThan(40)
  }, 120_000)

  it('of an update: the old state holds, or the new one, without a connection', async () => {
    const seen = new Set<string>()
    for await (const { folder } of failures('dead', prepared, after)) {
      const content = await revocations(folder)
      seen.add(content)
      const { timestampVersion } = (await clientOf(folder).load())!
      expect(timestampVersion).toBe(content === 'before' ? 2 : 3)
      // What had been seen by then still counts: nobody can take it back.
      const timestamp = JSON.parse(readFileSync(join(folder, 'timestamp.json'), 'utf8')) as {
        signed: { version: number }
      }
      const back = await codeOf(clientOf(folder).refresh(sourceOf(before)))
      expect(back).toBe(timestamp.signed.version === 3 ? 'METADATA_ROLLBACK' : 'returned')
      await refreshAndFetch(folder, sourceOf(after))
      expect(await revocations(folder)).toBe('after')
    }
    expect([...seen].sort()).toEqual(['after', 'before'])
  }, 120_000)

  it('of a change of keys: what the old keys signed no longer counts, and the next refresh completes', async () => {
    const seen = new Set<string>()
    for await (const { folder } of failures('dead', prepared, rotated)) {
      seen.add(await codeOf(clientOf(folder).load()))
      await refreshAndFetch(folder, sourceOf(rotated))
      expect((await clientOf(folder).load())?.rootVersion).toBe(2)
      expect(readdirSync(join(folder, 'roots')).filter((name) => name.endsWith('.json'))).toEqual([
        '1.json',
        '2.json',
      ])
    }
    expect([...seen].sort()).toEqual(['METADATA_INVALID', 'returned'])
  }, 120_000)
})

describe('a full disk at any step', () => {
  it('is named, leaves what was in force and nothing half written', async () => {
    for await (const { folder, code } of failures('full', prepared, after)) {
      // The last steps tidy up, which may fail without anything being lost.
      if (code !== 'returned') expect(code).toBe('NO_SPACE')
      expect(['before', 'after']).toContain(await revocations(folder))
      await refreshAndFetch(folder, sourceOf(after))
      expect(await revocations(folder)).toBe('after')
    }
  }, 120_000)
})
