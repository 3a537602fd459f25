import { expect, it } from 'vitest'
import { latestVersion } from '../../../../src/engine/install/candidate.ts'
import type { CatalogIndex, RegistryTrust } from '../../../../src/engine/ports.ts'
import { assertNotOnHold, onHold } from '../../../../src/engine/trust/on-hold.ts'

const since = '2026-11-22T09:00:00Z'
const list = {
  schema: 1 as const,
  revocations: [],
  held: [{ slug: 'suspect', words: 'Reported as malware.', since }],
}

it('knows what the signed list holds back, also a list of before there were holds', () => {
  expect(onHold(list, 'suspect')).toEqual({ words: 'Reported as malware.', since })
  expect(onHold(list, 'other')).toBeNull()
  expect(onHold({ schema: 1, revocations: [] }, 'suspect')).toBeNull()
  expect(() => assertNotOnHold(list, 'other')).not.toThrow()
})

it('an install of it is refused with the words of the registry, not as something unknown', async () => {
  const trust = { revocations: async () => list } as unknown as RegistryTrust
  const catalog = { get: async () => null } as unknown as CatalogIndex
  await expect(latestVersion({ trust, catalog }, 'suspect')).rejects.toMatchObject({
    code: 'ON_HOLD',
    message: 'suspect is not offered at the moment: Reported as malware.',
  })
  await expect(latestVersion({ trust, catalog }, 'other')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
