import { cp, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatCatalog } from '../../../../src/registry/catalog-format.ts'
import { createRepository } from '../../../../src/registry/tuf/repository.ts'
import { removeSuperseded, renewOnline } from '../../../../src/registry/tuf/upkeep.ts'
import { trustWarnings } from '../../../../src/registry/tuf/warnings.ts'
import {
  catalogPath,
  releasePath,
  revocationsPath,
  signingKeysPath,
} from '../../../../src/shared/signed-targets.ts'
import { parsePublishKeys } from '../../../../src/trust/publish-keys.ts'
import { parseRevocations } from '../../../../src/trust/revocations.ts'
import { createJudge, metadataNames, serveFolder } from '../../../support/registry-judge.ts'
import { makeTestRepository, type TestRepository } from '../../../support/registry-repository.ts'

// Hundreds of small files are synced to the disk in each test.
vi.setConfig({ testTimeout: 60_000 })

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
async function make(options: Parameters<typeof makeTestRepository>[0] = {}): Promise<TestRepository> {
  const test = await makeTestRepository(options)
  cleanups.push(() => test.remove())
  return test
}
const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('utf8'))
const days = (count: number) => count * 86_400_000
const rootOf = async (test: TestRepository) => (await test.repository.state()).root

describe('a new repository', () => {
  it('has its lists, no releases, and roles as they were designed', async () => {
    const { judge, repository } = await make()
    expect(parsePublishKeys((await judge.read(signingKeysPath))!).keys).toHaveLength(1)
    expect(parseRevocations((await judge.read(revocationsPath))!).revocations).toEqual([])
    expect(text(await judge.read(catalogPath))).toBe('{"schema":1,"skills":[\n]}\n')
    expect(await judge.read(releasePath('no-skill', '1.0.0'))).toBeNull()
    const { root, role } = await repository.state()
    expect(root.roles.root).toMatchObject({ threshold: 2 })
    expect(root.roles.root.keyids).toHaveLength(3)
    expect(Object.keys(root.keys)).toHaveLength(6)
    expect(Object.keys((await role('targets')).targets)).toEqual([signingKeysPath])
  })

  it('opens again as it was, and keeps its keys to its own user', async () => {
    const test = await make()
    await test.list('one-skill', '1.0.0')
    const again = await createRepository({
      dataDir: test.dataDir,
      publishKeys: () => Promise.reject(new Error('It is not asked again.')),
    })
    expect((await again.state()).timestamp.version).toBe(2)
    for (const file of ['offline/root-1', 'offline/targets', 'online/timestamp'])
      expect((await stat(join(test.dataDir, 'keys', `${file}.json`))).mode & 0o777).toBe(0o600)
    expect((await stat(join(test.dataDir, 'tuf/metadata/timestamp.json'))).mode & 0o777).toBe(0o644)
  })

  it('is never made in the place of one that is lost', async () => {
    const test = await make()
    const pinned = await readFile(test.repository.trustRoot)
    await rm(join(test.dataDir, 'tuf'), { recursive: true })
    await expect(
      createRepository({ dataDir: test.dataDir, publishKeys: () => test.repository.publishKeys() }),
    ).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    expect(await readFile(test.repository.trustRoot)).toEqual(pinned)
  })

  it('goes on without the folder of offline keys, and says which key it misses', async () => {
    const test = await make()
    await rename(test.places.offline, `${test.places.offline}.away`)
    await test.list('one-skill', '1.0.0')
    expect(text(await test.judge.read(releasePath('one-skill', '1.0.0')))).toBe('one-skill 1.0.0')
    const online = join(test.places.online, 'snapshot.json')
    await rm(online)
    const again = await createRepository({
      dataDir: test.dataDir,
      publishKeys: () => test.repository.publishKeys(),
    })
    await expect(again.commit({ snapshot: true })).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: expect.stringContaining('snapshot'),
    })
  })
})

describe('a change', () => {
  it('lists, replaces and removes releases, each in a bin of its own', async () => {
    const test = await make()
    for (let skill = 0; skill < 12; skill += 1) await test.list(`skill-${skill}`, '1.0.0')
    for (let skill = 0; skill < 12; skill += 1)
      expect(text(await test.judge.read(releasePath(`skill-${skill}`, '1.0.0')))).toBe(`skill-${skill} 1.0.0`)
    await test.list('skill-3', '1.0.0', 'signed again')
    await test.repository.change({ remove: [releasePath('skill-4', '1.0.0')] })
    expect(text(await test.judge.read(releasePath('skill-3', '1.0.0')))).toBe('signed again')
    expect(await test.judge.read(releasePath('skill-4', '1.0.0'))).toBeNull()
  })

  it('rewrites its own bin, the snapshot and the timestamp, and nothing else', async () => {
    const test = await make()
    await test.list('first-skill', '1.0.0')
    const before = await metadataNames(test.dataDir)
    await test.list('second-skill', '1.0.0')
    const added = (await metadataNames(test.dataDir)).filter((name) => !before.includes(name))
    expect(added.map((name) => name.replace(/^\d+\./, '').replace(/-[0-9a-f]{2}/, '')).sort()).toEqual([
      'releases.json',
      'snapshot.json',
    ])
  })

  it('lets a reader of the state before finish', async () => {
    const test = await make()
    await test.list('first-skill', '1.0.0')
    const mirror = await mkdtemp(join(tmpdir(), 'mirror-'))
    cleanups.push(() => rm(mirror, { recursive: true, force: true }))
    const timestamp = join(test.dataDir, 'tuf/metadata/timestamp.json')
    const old = await readFile(timestamp)
    await test.list('first-skill', '1.0.0', 'changed')
    await cp(join(test.dataDir, 'tuf'), join(mirror, 'tuf'), { recursive: true })
    await cp(test.repository.trustRoot, join(mirror, 'trust-root.json'))
    await writeFile(join(mirror, 'tuf/metadata/timestamp.json'), old)
    const server = await serveFolder(mirror)
    cleanups.push(() => server.stop())
    const reader = await createJudge(server.url, join(mirror, 'trust-root.json'))
    cleanups.push(() => reader.remove())
    expect(text(await reader.read(releasePath('first-skill', '1.0.0')))).toBe('first-skill 1.0.0')
  })

  it('notices what another process did to the same folder', async () => {
    const test = await make()
    const other = await createRepository({
      dataDir: test.dataDir,
      publishKeys: () => test.repository.publishKeys(),
    })
    for (const [by, slug] of [
      [test.repository, 'skill-a'],
      [other, 'skill-b'],
      [test.repository, 'skill-c'],
    ] as const)
      await by.change({
        add: [await by.writeTarget(releasePath(slug, '1.0.0'), new Uint8Array(Buffer.from(slug)))],
      })
    for (const slug of ['skill-a', 'skill-b', 'skill-c'])
      expect(text(await test.judge.read(releasePath(slug, '1.0.0')))).toBe(slug)
  })
})

describe('upkeep', () => {
  it('signs the timestamp anew when it is an hour old, and says when', async () => {
    let now = Date.now()
    const test = await make({ now: () => new Date(now) })
    const version = async () => (await test.repository.state()).timestamp.version
    now += 59 * 60_000
    await renewOnline(test.repository, { bins: true })
    expect(await version()).toBe(1)
    now += 60_000
    await renewOnline(test.repository, { bins: true })
    expect(await version()).toBe(2)
    const { timestamp, snapshot } = await test.repository.state()
    expect(timestamp['x-signed-at']).toBe(new Date(now).toISOString())
    expect(snapshot.version).toBe(1)
    await test.judge.refresh()
  })

  it('signs snapshot, lists and bins anew in the last third of their time', async () => {
    let now = Date.now() - days(85)
    const test = await make({ now: () => new Date(now) })
    await expect(test.judge.refresh()).rejects.toThrow(/expired/)
    now += days(21)
    await renewOnline(test.repository, { bins: true })
    expect((await test.repository.state()).snapshot.version).toBe(2)
    expect((await (await test.repository.state()).role('registry')).version).toBe(1)
    now += days(64)
    await renewOnline(test.repository, { bins: true })
    const { role } = await test.repository.state()
    for (const name of ['registry', 'releases', 'releases-00', 'releases-ff'])
      expect([name, (await role(name)).version]).toEqual([name, 2])
    expect((await role('targets')).version).toBe(1)
    expect(await test.judge.read(revocationsPath)).not.toBeNull()
  })

  it('warns of what only the offline keys can sign, a month before', async () => {
    let now = Date.now()
    const test = await make({ now: () => new Date(now), lifetimes: { targets: 300 } })
    expect(await trustWarnings(test.repository)).toEqual([])
    now += days(271)
    expect(await trustWarnings(test.repository)).toEqual([
      expect.stringMatching(/"targets" runs out in 28 days .* skillet registry renew/),
    ])
    now += days(100)
    expect(await trustWarnings(test.repository)).toHaveLength(2)
  })

  it('removes what has been replaced for an hour, and nothing that a reader may be at', async () => {
    const test = await make()
    const { repository, dataDir } = test
    const publish = async (count: number) => {
      await repository.change({
        catalog: await repository.writeTarget(
          catalogPath,
          formatCatalog([`{"slug":"a","n":${count}}`]),
          new Uint8Array([1]),
        ),
      })
    }
    for (let count = 0; count < 4; count += 1) await publish(count)
    const before = await metadataNames(dataDir)
    await removeSuperseded(repository)
    expect(await metadataNames(dataDir)).toEqual(before)

    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    for (const name of ['2.registry', '3.registry', '4.registry', '2.snapshot'])
      await utimes(join(dataDir, 'tuf/metadata', `${name}.json`), longAgo, longAgo)
    await removeSuperseded(repository)
    const names = await metadataNames(dataDir)
    expect(names.filter((name) => name.endsWith('.registry.json'))).toEqual([
      '4.registry.json',
      '5.registry.json',
    ])
    expect(names.filter((name) => name.endsWith('.snapshot.json'))).toEqual([
      '2.snapshot.json',
      '3.snapshot.json',
      '4.snapshot.json',
      '5.snapshot.json',
    ])
    expect(names).toContain('1.root.json')
    expect(names.filter((name) => /\.releases-/.test(name))).toHaveLength(256)
    expect(text(await test.judge.read(catalogPath))).toContain('"n":3')
  })
})

describe('roots', () => {
  it('are pinned in trust-root.json as the newest', async () => {
    const test = await make()
    expect(JSON.parse(await readFile(test.repository.trustRoot, 'utf8'))).toMatchObject({
      signed: { version: (await rootOf(test)).version },
    })
  })
})
