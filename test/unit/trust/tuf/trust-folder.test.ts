import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Key } from '@tufjs/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../../src/trust/digest.ts'
import { createTufClient } from '../../../../src/trust/tuf.ts'
import { openTrustFolder } from '../../../../src/trust/tuf/trust-folder.ts'
import { createTufRepository } from '../../../support/tuf-repository.ts'
import { codeOf } from '../code.ts'

let trustDir: string
beforeEach(async () => {
  trustDir = await mkdtemp(join(tmpdir(), 'skillet-trust-'))
})
afterEach(() => rm(trustDir, { recursive: true, force: true }))

/** A registry that has changed its root keys four times; `root(n)` is its n-th. */
function createOldRegistry() {
  const repo = createTufRepository()
  for (let count = 0; count < 4; count++) repo.rotate('root')
  repo.publish('timestamp')
  return { repo, root: (version: number) => repo.files.get(`metadata/${version}.root.json`)! }
}

async function use(pinnedRoot: Uint8Array, repo: ReturnType<typeof createTufRepository>): Promise<string> {
  const folder = await openTrustFolder(trustDir, pinnedRoot)
  await createTufClient({ folder, pinnedRoot }).refresh(repo.source)
  return folder
}

describe('openTrustFolder', () => {
  it('names a new folder by the pinned root', async () => {
    const { root } = createOldRegistry()
    expect(basename(await openTrustFolder(trustDir, root(1)))).toBe(sha256Hex(root(1)).slice(0, 16))
    expect(await openTrustFolder(join(trustDir, 'not there yet'), root(1))).toContain('not there yet')
  })

  it('finds what is known again, whichever of its roots is pinned from now on', async () => {
    const { repo, root } = createOldRegistry()
    const folder = await use(root(2), repo)
    for (const version of [1, 2, 3, 4, 5]) {
      expect(await openTrustFolder(trustDir, root(version))).toBe(folder)
      const state = await createTufClient({ folder, pinnedRoot: root(version) }).load()
      expect(state?.rootVersion).toBe(5)
    }
  })

  it('takes a root that the newest known one vouches for, and moves on to it', async () => {
    const { repo, root } = createOldRegistry()
    const folder = await use(root(5), repo)
    repo.rotate('root')
    repo.publish('timestamp')
    expect(await openTrustFolder(trustDir, root(6))).toBe(folder)
    const client = createTufClient({ folder, pinnedRoot: root(6) })
    expect((await client.load())?.rootVersion).toBe(6)
    expect((await client.refresh(repo.source)).rootVersion).toBe(6)
    expect((await createTufClient({ folder, pinnedRoot: root(5) }).load())?.rootVersion).toBe(6)
  })

  it('keeps registries apart, also those whose roots bear the same numbers', async () => {
    const [one, other] = [createOldRegistry(), createOldRegistry()]
    const folder = await use(one.root(1), one.repo)
    expect(await openTrustFolder(trustDir, other.root(1))).not.toBe(folder)
    expect(await use(other.root(5), other.repo)).not.toBe(folder)
    expect(await openTrustFolder(trustDir, one.root(3))).toBe(folder)
  })

  it('is not locked out of its own folder when the roots kept there get lost', async () => {
    const { repo, root } = createOldRegistry()
    const folder = await use(root(1), repo)
    await rm(join(folder, 'roots'), { recursive: true })
    expect(await openTrustFolder(trustDir, root(1))).toBe(folder)
    const client = createTufClient({ folder, pinnedRoot: root(1) })
    expect((await client.load())?.rootVersion).toBe(5)
    expect((await client.refresh(repo.source)).rootVersion).toBe(5)
  })

  it('refuses a root that one key has signed twice, under two names', async () => {
    const repo = createTufRepository()
    const [key] = repo.top.root.keys
    const { keyType, scheme, keyVal } = key!.public
    const alias = { ...key!, id: 'alias', public: new Key({ keyID: 'alias', keyType, scheme, keyVal }) }
    repo.top.root.keys = [key!, alias]
    repo.top.root.threshold = 2
    expect(await codeOf(openTrustFolder(trustDir, repo.publishOne('root')))).toBe('TRUST_ROOT_INVALID')
  })

  it('refuses a root that is none', async () => {
    expect(await codeOf(openTrustFolder(trustDir, Buffer.from('{}')))).toBe('TRUST_ROOT_INVALID')
  })
})
