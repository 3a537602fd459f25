import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leapAhead } from '../../../../src/registry/tuf/recover.ts'
import { createRepository } from '../../../../src/registry/tuf/repository.ts'
import { renewOffline, rotateRole } from '../../../../src/registry/tuf/rotate.ts'
import { releasePath } from '../../../../src/shared/signed-targets.ts'
import { createTufClient, type TufClient } from '../../../../src/trust/tuf.ts'
import { sourceOfFolder } from '../../../support/registry-judge.ts'
import { makeTestRepository, type TestRepository } from '../../../support/registry-repository.ts'

// Hundreds of small files are synced to the disk in each test.
vi.setConfig({ testTimeout: 60_000 })

let test: TestRepository
let client: TufClient
let folder: string
beforeEach(async () => {
  test = await makeTestRepository()
  folder = await mkdtemp(join(tmpdir(), 'recover-'))
  const pinnedRoot = new Uint8Array(await readFile(test.repository.trustRoot))
  client = createTufClient({ folder: join(folder, 'trust'), pinnedRoot })
  await test.list('first-skill', '1.0.0')
  await cp(join(test.dataDir, 'tuf'), join(folder, 'backup'), { recursive: true })
})
afterEach(async () => {
  await test.remove()
  await rm(folder, { recursive: true, force: true })
})
const refresh = () => client.refresh(sourceOfFolder(test.dataDir))
const open = () =>
  createRepository({
    dataDir: test.dataDir,
    publishKeys: () => Promise.reject(new Error('Not asked again.')),
  })
async function restore(): Promise<void> {
  await rm(join(test.dataDir, 'tuf'), { recursive: true })
  await cp(join(folder, 'backup'), join(test.dataDir, 'tuf'), { recursive: true })
}

describe('lists that came back from a backup', () => {
  it('are refused by clients that saw newer ones, and followed after the leap', async () => {
    for (const slug of ['lost-skill', 'other-skill', 'third-skill']) await test.list(slug, '1.0.0')
    await renewOffline(test.repository, test.places)
    await refresh()
    await test.judge.refresh()
    await restore()
    const repository = await open()
    await expect(refresh()).rejects.toMatchObject({ code: 'METADATA_ROLLBACK' })
    await expect(test.judge.refresh()).rejects.toThrow(/version/)

    await expect(leapAhead(repository, { ...test.places, offline: folder })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await leapAhead(repository, test.places)
    await refresh()
    const source = sourceOfFolder(test.dataDir)
    const path = releasePath('first-skill', '1.0.0')
    expect(await readFile(await client.fetch(path, source), 'utf8')).toBe('first-skill 1.0.0')
    expect(await test.judge.read(path)).not.toBeNull()
    expect(await test.judge.read(releasePath('lost-skill', '1.0.0'))).toBeNull()
    const info = await repository.writeTarget(releasePath('next-skill', '1.0.0'), new Uint8Array([1]))
    await repository.change({ add: [info] })
    await refresh()
    expect(await test.judge.read(info.path)).toEqual(new Uint8Array([1]))
  })

  it('get the root back that clients follow already', async () => {
    await rotateRole(test.repository, test.places, 'timestamp')
    await refresh()
    await restore()
    const repository = await open()
    expect((await repository.state()).root.version).toBe(2)
    await leapAhead(repository, test.places)
    expect(await refresh()).toMatchObject({ rootVersion: 2 })
    await test.judge.refresh()
  })

  it('are refused where several roots are missing, and the newest one stays', async () => {
    await rotateRole(test.repository, test.places, 'root')
    await rotateRole(test.repository, test.places, 'root')
    const newest = await readFile(test.repository.trustRoot)
    await restore()
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      remedy: expect.stringContaining('2.root.json'),
      message: expect.stringContaining('is number 3'),
    })
    expect(await readFile(test.repository.trustRoot)).toEqual(newest)
  })
})
