import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertIntact } from '../../src/engine/install/integrity.ts'
import { sha256Hex } from '../../src/trust/digest.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { openHome, treeOf } from '../support/install-home.ts'
import { buildInstallChild } from '../support/install-process.ts'
import { startTinyRegistry, type TinyRegistry } from '../support/tiny-registry.ts'

const key = generateSigningKey()
const root = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const now = () => new Date('2026-11-20T00:00:00Z')
/** Each install has a number of its own; downloads that are kept for going on, and files that a killed lock or write left and that a later start removes. */
const leftovers =
  /^(audit|cache|trust)(\/|$)|^records\/sample-skill\.json$|^lock|^grants\.json\.(lock|[0-9a-f]{12}\.tmp)/

let registry: TinyRegistry
let child: Awaited<ReturnType<typeof buildInstallChild>>
let base: string
let folders: string[] = []

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-crash-'))
  folders.push(folder)
  return folder
}

async function openAt(home: string) {
  return openHome({ home, registryUrl: registry.url, root, now })
}

beforeAll(async () => {
  registry = await startTinyRegistry(key)
  registry.publish({ version: '1.0.0' })
  registry.publish({ version: '2.0.0' })
  child = await buildInstallChild()
  base = await freshFolder()
  const { installer } = await openAt(base)
  const plan = await installer.plan({ slug, version: '1.0.0' })
  await installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'cli')
})
afterAll(async () => {
  await registry.stop()
  await child.remove()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
  folders = []
})

async function killedAt(versions: string[], killBefore: number | null) {
  const home = await freshFolder()
  await cp(base, home, { recursive: true })
  const end = await child.start({ home, registryUrl: registry.url, root, slug, versions, killBefore })
  return { home, end }
}

async function expectSound(home: string, old: string[], updated: string[]): Promise<string> {
  const opened = await openAt(home)
  const version = (await opened.store.require(slug)).version
  await assertIntact(opened.store, root, slug)
  expect(await opened.store.readCurrent(slug)).toBe(version)
  expect((await opened.grants.list(slug)).map((grant) => grant.decision)).toContain('allow')
  expect(await treeOf(home, leftovers)).toEqual(version === '1.0.0' ? old : updated)
  expect(await readdir(join(home, 'records'))).toEqual([`${slug}.json`])
  for (const name of await readdir(join(home, 'cache/sha256')))
    if (name.endsWith('.tgz'))
      expect(`${sha256Hex(await readFile(join(home, 'cache/sha256', name)))}.tgz`).toBe(name)
  return version
}

describe('kill -9 in the middle of an install', () => {
  it.each([
    ['an update, at every change of the disk', '2.0.0', 1],
    ['the same version again, at every third', '1.0.0', 3],
  ])(
    '%s: the next start has one whole version and no remains',
    async (_, version, step) => {
      const whole = await killedAt([version], null)
      expect(whole.end.report?.outcome).toBe('installed')
      const changes = whole.end.report!.changes
      expect(changes).toBeGreaterThan(20)
      const old = await treeOf(base, leftovers)
      await openAt(whole.home)
      const updated = await treeOf(whole.home, leftovers)

      const outcomes: string[] = []
      for (let at = 1; at <= changes; at += step) {
        const { home, end } = await killedAt([version], at)
        expect(end.signal, end.stderr).toBe('SIGKILL')
        outcomes.push(await expectSound(home, version === '1.0.0' ? updated : old, updated))
        await rm(home, { recursive: true, force: true })
      }
      // Early kills leave the old version in force, late ones the new: once decided, it never goes back.
      if (version === '2.0.0') {
        expect(outcomes[0]).toBe('1.0.0')
        expect(outcomes.at(-1)).toBe('2.0.0')
        expect(outcomes).toEqual(outcomes.toSorted())
      }
    },
    // A process for each change of the disk: slow where many tests share few processors.
    600_000,
  )
})

describe('a disk that is full', () => {
  /** An unprivileged process may mount a small disk of its own in a namespace of its own. */
  const onSmallDisk = (home: string, size: string) => (command: string[]) => [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    'mount -t tmpfs -o "size=$1,mode=0700" small "$2" && shift 2 && exec "$@"',
    'sh',
    size,
    home,
    ...command,
  ]
  const noise = (bytes: number) => {
    // Not compressible, and the same every time.
    const content = new Uint8Array(bytes)
    let state = 42
    for (let at = 0; at < bytes; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      content[at] = state >>> 24
    }
    return content
  }

  it.each([
    ['while extracting', 1_600_000],
    ['while downloading', 4_000_000],
  ])('%s: NO_SPACE, and the disk is as it was', async (_, bytes) => {
    registry.publish({
      version: '3.0.0',
      files: [
        { path: 'SKILL.md', content: new Uint8Array(Buffer.from('# Big\n')), executable: false },
        { path: 'data.bin', content: noise(bytes), executable: false },
      ],
    })
    const home = await freshFolder()
    const job = { home, registryUrl: registry.url, root, slug, killBefore: null }
    const roomy = await child.start({ ...job, versions: ['1.0.0', '3.0.0'] }, onSmallDisk(home, '32m'))
    expect(roomy.report?.outcome, roomy.stderr).toBe('installed')

    const small = await child.start({ ...job, versions: ['1.0.0', '3.0.0'] }, onSmallDisk(home, '2500k'))
    expect(small.report?.outcome, small.stderr).toBe('NO_SPACE')
    expect(small.report!.treeAfter).toEqual(small.report!.treeBefore)
    expect(small.report!.treeBefore.some((line) => line.startsWith(`skills/${slug}/1.0.0/SKILL.md`))).toBe(
      true,
    )
  })
})
