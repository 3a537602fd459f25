import { describe, expect, it } from 'vitest'
import { findAlternative } from '../../../../src/engine/install/fit.ts'
import type { CatalogEntry } from '../../../../src/shared/catalog.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import type { Hardware } from '../../../../src/shared/hardware.ts'
import { requiresSchema } from '../../../../src/shared/skill-manifest.ts'

const hardware = {
  os: 'linux',
  arch: 'x64',
  memoryMb: 16_000,
  diskFreeMb: 5_000,
  gpus: [],
  cuda: null,
} as unknown
const entry = (slug: string, alternatives: string[], vram_mb = 0) =>
  ({ slug, alternatives, requires: requiresSchema.parse({ vram_mb }) }) as unknown as CatalogEntry

function alternativeIn(entries: CatalogEntry[], slug: string, alternatives: string[]) {
  return findAlternative(
    async () => hardware as Hardware,
    { getAll: async (slugs) => slugs.map((one) => entries.find((other) => other.slug === one) ?? null) },
    { slug, alternatives },
  )
}

describe('the alternative to a skill that does not fit', () => {
  it("is the first of its publisher's that does, then of theirs", async () => {
    const entries = [
      entry('big', ['deep'], 1),
      entry('medium', ['other'], 1),
      entry('deep', []),
      entry('other', []),
    ]
    expect((await alternativeIn(entries, 'gpu', ['big', 'medium']))?.slug).toBe('deep')
    const better = entries.map((one) => (one.slug === 'medium' ? entry('medium', []) : one))
    expect((await alternativeIn(better, 'gpu', ['big', 'medium']))?.slug).toBe('medium')
  })

  it('is none in circles, at itself and at names that nobody knows', async () => {
    const entries = [entry('a', ['a', 'gone', 'b'], 1), entry('b', ['c'], 1), entry('c', ['a', 'b'], 1)]
    expect(await alternativeIn(entries, 'a', ['a', 'gone', 'b'])).toBeNull()
    expect(await alternativeIn(entries, 'unknown', [])).toBeNull()
  })

  it('is not looked for without end', async () => {
    const chain = Array.from({ length: 5000 }, (_, index) => entry(`s${index}`, [`s${index + 1}`], 1))
    expect(await alternativeIn(chain, 's0', ['s1'])).toBeNull()
  })

  it('is none where the catalog is out of reach: the verdict stays what it was', async () => {
    const found = await findAlternative(
      async () => hardware as Hardware,
      { getAll: () => Promise.reject(new SkilletError('REGISTRY_UNREACHABLE', 'Gone.')) },
      { slug: 'a', alternatives: ['b'] },
    )
    expect(found).toBeNull()
  })
})
