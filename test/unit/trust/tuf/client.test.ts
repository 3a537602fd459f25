import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTufClient } from '../../../../src/trust/tuf.ts'
import { createTufRepository } from '../../../support/tuf-repository.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-tuf-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('createTufClient', () => {
  it('refreshes, finds and fetches', async () => {
    const repo = createTufRepository()
    repo.delegate('registry', { paths: ['catalog.json', 'revocations.json'] })
    repo.put('targets', 'signing-keys.json', 'keys')
    repo.put('registry', 'revocations.json', 'none')
    repo.publish()
    const client = createTufClient({
      folder,
      pinnedRoot: repo.root(),
      essential: ['signing-keys.json', 'revocations.json'],
    })
    expect(await client.load()).toBeNull()
    const state = await client.refresh(repo.source)
    expect(state.rootVersion).toBe(1)
    expect(await client.load()).toEqual(state)
    expect(await readFile(await client.fetch('revocations.json', null), 'utf8')).toBe('none')
    expect(await client.find('nothing', repo.source)).toBeNull()
    repo.requests.length = 0
    await client.refresh(repo.source)
  })
})
