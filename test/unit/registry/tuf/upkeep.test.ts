import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { binNames } from '../../../../src/registry/tuf/roles.ts'
import { renewOnline } from '../../../../src/registry/tuf/upkeep.ts'
import { createTufClient } from '../../../../src/trust/tuf.ts'
import { sourceOfFolder } from '../../../support/registry-judge.ts'
import { makeTestRepository } from '../../../support/registry-repository.ts'

// Hundreds of small files are synced to the disk in each test.
vi.setConfig({ testTimeout: 60_000 })

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('after the clock of the registry was ahead once', () => {
  it('everything is signed anew with the right times, and clients accept it', async () => {
    const start = Date.now()
    let time = start
    const now = () => new Date(time)
    const test = await makeTestRepository({ now })
    cleanups.push(() => test.remove())
    const refresh = async () => {
      const folder = await mkdtemp(join(tmpdir(), 'client-'))
      cleanups.push(() => rm(folder, { recursive: true, force: true }))
      const pinnedRoot = new Uint8Array(await readFile(test.repository.trustRoot))
      return createTufClient({ folder, pinnedRoot, now }).refresh(sourceOfFolder(test.dataDir))
    }
    const { lifetimes } = test.repository
    time = start + 200 * dayMs
    await renewOnline(test.repository, { bins: true })
    time = start + 2 * hourMs
    await expect(refresh()).rejects.toMatchObject({ code: 'CLOCK_WRONG' })

    await renewOnline(test.repository, { bins: true })
    await refresh()
    const { timestamp, snapshot, role } = await test.repository.state()
    expect(timestamp['x-signed-at']).toBe(now().toISOString())
    const daysLeft = ({ expires }: { expires: string }) => (Date.parse(expires) - time) / dayMs
    expect(daysLeft(timestamp)).toBeLessThanOrEqual(lifetimes.timestamp)
    expect(daysLeft(snapshot)).toBeLessThanOrEqual(lifetimes.snapshot)
    for (const name of ['registry', 'releases', ...binNames])
      expect(daysLeft(await role(name))).toBeLessThanOrEqual(lifetimes.delegated)

    // From then on it is quiet again.
    await renewOnline(test.repository, { bins: true })
    expect((await test.repository.state()).timestamp.version).toBe(timestamp.version)
  })

  it('a timestamp from some minutes ahead is signed anew too', async () => {
    let time = Date.now() + hourMs / 2
    const test = await makeTestRepository({ now: () => new Date(time) })
    cleanups.push(() => test.remove())
    time -= hourMs / 2
    await renewOnline(test.repository, { bins: false })
    expect((await test.repository.state()).timestamp['x-signed-at']).toBe(new Date(time).toISOString())
  })
})
