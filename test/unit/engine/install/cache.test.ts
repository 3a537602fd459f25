import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { trimCache } from '../../../../src/engine/install/cache.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'

const key = generateSigningKey()
const now = () => new Date('2026-11-20T12:00:00.000Z')
const size = 1000
let folder: string
let home: StoreHome

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-cache-'))
  home = await openStore(folder, toPublishKeys([key.publicKey]), now)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A download that was used so many hours ago. */
async function put(sha256: string, hoursAgo: number): Promise<string> {
  const path = join(folder, 'cache/sha256', `${sha256}.tgz`)
  await writeFile(path, Buffer.alloc(size))
  const at = new Date(now().getTime() - hoursAgo * 60 * 60 * 1000)
  await utimes(path, at, at)
  return sha256
}
const left = async () => (await readdir(join(folder, 'cache/sha256'))).map((name) => name.slice(0, 64))

it('deletes what was used longest ago first, and what is installed or kept last', async () => {
  const samples = ['1.0.0', '1.1.0'].map((version) => sampleRelease(key, { version }))
  for (const sample of samples) await installSample(home, sample)
  const needed = []
  for (const { release } of samples) needed.push(await put(release.tarball.sha256, 900))
  const old = await put('a'.repeat(64), 48)
  const recent = await put('b'.repeat(64), 24)

  await trimCache(home.store, now, 4 * size)
  expect((await left()).sort()).toEqual([...needed, old, recent].sort())
  await trimCache(home.store, now, 3 * size)
  expect((await left()).sort()).toEqual([...needed, recent].sort())
  await trimCache(home.store, now, 2 * size)
  expect((await left()).sort()).toEqual([...needed].sort())
  await trimCache(home.store, now, size)
  expect(await left()).toHaveLength(1)
})

it('leaves alone what an install that is under way may need, also where the clock was set back', async () => {
  const young = [await put('c'.repeat(64), 0.5), await put('d'.repeat(64), -0.5)]
  await trimCache(home.store, now, 0)
  expect((await left()).sort()).toEqual(young)
})

it('passes over what vanishes while it looks', async () => {
  await symlink('nowhere', join(folder, 'cache/sha256', `${'a'.repeat(64)}.tgz`))
  await expect(trimCache(home.store, now, 0)).resolves.toBeUndefined()
})
