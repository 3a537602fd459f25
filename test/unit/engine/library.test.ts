import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeSkill } from '../../../src/engine/install/remove.ts'
import { createLibrary } from '../../../src/engine/library.ts'
import type { CatalogIndex, Freshness, RegistryTrust } from '../../../src/engine/ports.ts'
import type { LiveRuns } from '../../../src/engine/run/live-runs.ts'
import { settleWithdrawals } from '../../../src/engine/trust/withdrawals.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import type { Revocation } from '../../../src/shared/signed-targets.ts'
import { toPublishKeys } from '../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../src/trust/sign.ts'
import { sampleRelease } from '../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../support/store-home.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const withdrawn: Revocation = {
  slug,
  version: '*',
  reason: 'It sent keys away.',
  severity: 'critical',
  rotate: [],
  revokedAt: '2026-11-02T00:00:00Z',
}
let folder: string
let home: StoreHome

function libraryWith(revocations: () => Promise<Revocation[]>, log: string[] = []) {
  const trust = {
    revocations: async () => ({ schema: 1, revocations: await revocations() }),
    lastKnownKeys: () => Promise.resolve(keys),
  } as unknown as RegistryTrust
  const catalog = { get: () => Promise.resolve(null) } as unknown as CatalogIndex
  const runs = { stop: () => undefined } as unknown as LiveRuns
  const ports = { ...home, trust, catalog, runs, registry: null, log: (line: string) => void log.push(line) }
  return createLibrary({
    ...ports,
    records: { list: () => Promise.resolve([]) },
    lastRunAt: () => Promise.resolve(null),
    settleWithdrawals: async (freshness: Freshness) => void (await settleWithdrawals(ports, freshness)),
  } as unknown as Parameters<typeof createLibrary>[0])
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-library-'))
  home = await openStore(folder, keys)
  await installSample(home, sampleRelease(key))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('brings a skill that was withdrawn while it lay in the trash back into quarantine', async () => {
  const { undoId } = await removeSkill(home, slug)
  await libraryWith(() => Promise.resolve([withdrawn])).restore(undoId)
  expect((await home.store.require(slug)).withdrawn?.reason).toBe('It sent keys away.')
  expect(await readdir(join(folder, 'skills'))).toEqual([])
  expect(await readdir(join(folder, 'quarantine', slug))).toEqual(['1.0.0'])
})

it('brings a skill back where the lists cannot be had, and says so', async () => {
  const { undoId } = await removeSkill(home, slug)
  const log: string[] = []
  const failing = () => Promise.reject(new SkilletError('METADATA_EXPIRED', 'The lists are too old.'))
  expect(await libraryWith(failing, log).restore(undoId)).toEqual({ slug })
  expect(log).toEqual(['looking for withdrawn skills: The lists are too old.'])
})
