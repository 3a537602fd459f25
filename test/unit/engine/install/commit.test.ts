import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { commit } from '../../../../src/engine/install/commit.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'

const key = generateSigningKey()
const slug = 'sample-skill'
let folder: string
let home: StoreHome

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-commit-'))
  home = await openStore(folder, toPublishKeys([key.publicKey]))
  await installSample(home, sampleRelease(key))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Over the installed version, with a grant anew, and failing once it is extracted. */
async function fail(meanwhile: () => Promise<void>): Promise<void> {
  const { schema, version, envelope, keyid, source, installedAt } = await home.store.require(slug)
  const grants = (await home.grants.list(slug)).map((grant) => ({
    ...grant,
    decidedAt: '2030-01-01T00:00:00.000Z',
  }))
  const change = commit(home, {
    record: { schema, installId: randomUUID(), slug, version, installedAt, envelope, keyid, source },
    grants,
    extract: async () => {
      // What is granted is put at the same time.
      await expect.poll(() => home.grants.list(slug)).toEqual(grants)
      await meanwhile()
      throw new Error('cancelled')
    },
    finish: () => Promise.resolve(),
  })
  await expect(change).rejects.toThrow('cancelled')
}

it('gives back the permissions of before when it fails', async () => {
  const before = await home.grants.list(slug)
  expect(before).toHaveLength(1)
  await fail(() => Promise.resolve())
  expect(await home.grants.list(slug)).toEqual(before)
})

it('leaves a permission taken back that was taken back while it ran', async () => {
  await fail(() => home.grants.forget(slug, 'fs:read'))
  expect(await home.grants.list(slug)).toEqual([])
})
