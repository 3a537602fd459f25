import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { metaOf, seal } from '../../../../src/registry/tuf/metadata.ts'
import { createRepository } from '../../../../src/registry/tuf/repository.ts'
import { renewOffline, rotateRole, type RotatableRole } from '../../../../src/registry/tuf/rotate.ts'
import { releasePath, revocationsPath, signingKeysPath } from '../../../../src/shared/signed-targets.ts'
import { parseSigningKey } from '../../../../src/trust/sign.ts'
import { makeTestRepository, type TestRepository } from '../../../support/registry-repository.ts'

// Hundreds of small files are synced to the disk in each test.
vi.setConfig({ testTimeout: 60_000 })

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
async function make(): Promise<TestRepository> {
  const test = await makeTestRepository()
  cleanups.push(() => test.remove())
  return test
}
const path = releasePath('some-skill', '1.0.0')

describe.each(['timestamp', 'snapshot', 'registry', 'releases', 'targets', 'root'] as RotatableRole[])(
  'rotating the key for %s',
  (role) => {
    it('takes along clients from before and from after, and the repository goes on', async () => {
      const test = await make()
      await test.list('some-skill', '1.0.0')
      await test.judge.refresh()
      const key = await rotateRole(test.repository, test.places, role)
      for (const judge of [test.judge, await test.newJudge()]) {
        expect(await judge.read(path)).not.toBeNull()
        expect(await judge.read(revocationsPath)).not.toBeNull()
        expect(await judge.read(signingKeysPath)).not.toBeNull()
      }
      // What is signed from now on holds by the new key alone.
      await test.list('some-skill', '1.1.0')
      await test.repository.commit({ snapshot: true })
      await renewOffline(test.repository, test.places)
      expect(await test.judge.read(releasePath('some-skill', '1.1.0'))).not.toBeNull()
      const folder = ['targets', 'root'].includes(role) ? test.places.offline : test.places.online
      const files = await readdir(folder)
      expect(files.filter((name) => name.includes('next'))).toEqual([])
      const kept = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
      expect(kept.some((file) => file.includes(key.keyid))).toBe(true)
    })

    it('is noticed by whoever has the repository open', async () => {
      const test = await make()
      const running = await createRepository({
        dataDir: test.dataDir,
        publishKeys: () => test.repository.publishKeys(),
      })
      await running.commit({ snapshot: true })
      await rotateRole(test.repository, test.places, role)
      const info = await running.writeTarget(path, new Uint8Array([1]))
      await running.change({ add: [info] })
      expect(await test.judge.read(path)).toEqual(new Uint8Array([1]))
    })
  },
)

it('follows three hundred rotations of the root, in one go and from any of them', async () => {
  const test = await make()
  await test.list('some-skill', '1.0.0')
  const onTheWay = []
  for (let count = 0; count < 300; count += 1) {
    await rotateRole(test.repository, test.places, 'root')
    if (count % 100 === 50) onTheWay.push(await test.newJudge())
  }
  expect((await test.repository.state()).root.version).toBe(301)
  for (const judge of [test.judge, ...onTheWay]) {
    expect(await judge.read(path)).not.toBeNull()
    expect(await judge.version('root')).toBe(301)
  }
}, 240_000)

describe('the keys of the root', () => {
  const keyids = async (test: TestRepository) => (await test.repository.state()).root.roles.root.keyids

  it('are replaced one by one, the oldest first, or the one that is named', async () => {
    const test = await make()
    const [one, two, three] = await keyids(test)
    const fresh = await rotateRole(test.repository, test.places, 'root')
    expect(await keyids(test)).toEqual([two, three, fresh.keyid])
    const again = await rotateRole(test.repository, test.places, 'root', { rootKey: 'root-3' })
    const after = await keyids(test)
    expect(after).not.toContain(one)
    expect(after).toContain(again.keyid)
    expect(after).toHaveLength(3)
    await expect(
      rotateRole(test.repository, test.places, 'root', { rootKey: 'root-9' }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await test.judge.refresh()
  })

  it('need two of three: one may be lost and is then the one replaced', async () => {
    const test = await make()
    const [, two] = await keyids(test)
    await rm(join(test.places.offline, 'root-2.json'))
    const fresh = await rotateRole(test.repository, test.places, 'root')
    expect(await keyids(test)).not.toContain(two)
    expect(await readFile(join(test.places.offline, 'root-2.json'), 'utf8')).toContain(fresh.keyid)
    await test.judge.refresh()

    for (const name of ['root-1', 'root-3']) await rm(join(test.places.offline, `${name}.json`))
    const before = await readdir(join(test.dataDir, 'tuf/metadata'))
    for (const role of ['root', 'targets', 'timestamp', 'snapshot'] as const)
      await expect(rotateRole(test.repository, test.places, role)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    await expect(renewOffline(test.repository, test.places)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await readdir(join(test.dataDir, 'tuf/metadata'))).toEqual(before)
  })

  it('may be anywhere', async () => {
    const test = await make()
    const usb = join(test.dataDir, 'usb-stick')
    await rename(test.places.offline, usb)
    await expect(rotateRole(test.repository, test.places, 'registry')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await rotateRole(test.repository, { ...test.places, offline: usb }, 'registry')
    await test.judge.refresh()
  })
})

it('replaces a lost key for targets, and a lost online key', async () => {
  const test = await make()
  await test.list('some-skill', '1.0.0')
  await rm(join(test.places.offline, 'targets.json'))
  await rotateRole(test.repository, test.places, 'targets')
  for (const role of ['snapshot', 'timestamp', 'registry', 'releases'] as const) {
    await rm(join(test.places.online, `${role}.json`))
    await rotateRole(test.repository, test.places, role)
    expect(await test.judge.read(path)).not.toBeNull()
  }
})

it('recovers clients to whom a thief of the online keys showed versions far ahead', async () => {
  const test = await make()
  await test.list('some-skill', '1.0.0')
  await test.judge.refresh()
  // The thief signs with the stolen keys of snapshot and timestamp, over versions that the registry never reaches.
  const thief = await createRepository({
    dataDir: test.dataDir,
    publishKeys: () => Promise.reject(new Error()),
  })
  const { snapshot, timestamp } = await thief.state()
  const far = 2 ** 30
  const metadata = join(test.dataDir, 'tuf/metadata')
  const honest = await readFile(join(metadata, 'timestamp.json'))
  const key = async (name: string) =>
    parseSigningKey(await readFile(join(test.places.online, `${name}.json`), 'utf8'))
  const forged = seal({ ...snapshot, version: far }, [await key('snapshot')])
  await writeFile(join(metadata, `${far}.snapshot.json`), forged)
  const meta = { 'snapshot.json': metaOf(far, forged) }
  await writeFile(
    join(metadata, 'timestamp.json'),
    seal({ ...timestamp, version: far, meta }, [await key('timestamp')]),
  )
  await test.judge.refresh()
  expect(await test.judge.version('timestamp')).toBe(far)

  // The registry comes back from what it had, and its clients refuse it as a rollback.
  await rm(join(metadata, `${far}.snapshot.json`))
  await writeFile(join(metadata, 'timestamp.json'), honest)
  await test.list('some-skill', '1.1.0')
  await expect(test.judge.refresh()).rejects.toThrow(/version/)

  await rotateRole(test.repository, test.places, 'snapshot')
  await rotateRole(test.repository, test.places, 'timestamp')
  await test.judge.refresh()
  expect(await test.judge.version('timestamp')).toBeLessThan(20)
  expect(await test.judge.read(releasePath('some-skill', '1.1.0'))).not.toBeNull()
})
