import { describe, expect, it } from 'vitest'
import { findUpdates, isUpdate } from '../../../../src/engine/install/updates.ts'
import type { CatalogEntry } from '../../../../src/shared/catalog.ts'

describe('isUpdate', () => {
  it.each([
    ['1.0.0', '1.0.1', true],
    ['1.9.0', '1.10.0', true],
    ['1.0.0', '1.0.0', false],
    ['2.0.0', '1.9.9', false],
    ['1.0.0', '2.0.0-beta.1', false],
    ['2.0.0-beta.1', '2.0.0-beta.2', true],
    ['2.0.0-beta.2', '2.0.0', true],
    ['2.0.0-beta.10', '2.0.0-beta.9', false],
  ])('%s → %s: %s', (installed, available, expected) => {
    expect(isUpdate(installed, available)).toBe(expected)
  })
})

describe('findUpdates', () => {
  const records = ['a', 'b', 'gone', 'c'].map((slug) => ({ slug, version: '1.0.0', withdrawn: null }))
  const versions: Record<string, string> = { a: '1.1.0', b: '1.2.0', c: '1.0.0' }
  const catalog = {
    getAll: async (slugs: readonly string[]) =>
      slugs.map((slug) =>
        versions[slug] === undefined ? null : ({ slug, version: versions[slug] } as CatalogEntry),
      ),
  }

  it('never offers a withdrawn version, even where the catalog still does', async () => {
    const none = { schema: 1 as const, revocations: [] }
    expect(await findUpdates(catalog, records, none)).toEqual(['1.1.0', '1.2.0', null, null])
    const withdrawn = {
      ...none,
      revocations: [
        {
          slug: 'a',
          version: '1.1.0',
          reason: 'x',
          severity: 'low' as const,
          rotate: [],
          revokedAt: '2026-11-02T00:00:00Z',
        },
        {
          slug: 'b',
          version: '*',
          reason: 'x',
          severity: 'low' as const,
          rotate: [],
          revokedAt: '2026-11-02T00:00:00Z',
        },
      ],
    }
    expect(await findUpdates(catalog, records, withdrawn)).toEqual([null, null, null, null])
  })

  it('brings a withdrawn skill to whatever is still offered, be it older', async () => {
    const none = { schema: 1 as const, revocations: [] }
    const withdrawn = {
      reason: 'x',
      severity: 'low' as const,
      revokedAt: '2026-11-02T00:00:00Z',
      rotate: [],
      saferVersion: null,
    }
    const newer = [{ slug: 'a', version: '2.0.0' }]
    expect(
      await findUpdates(
        catalog,
        newer.map((one) => ({ ...one, withdrawn: null })),
        none,
      ),
    ).toEqual([null])
    expect(
      await findUpdates(
        catalog,
        newer.map((one) => ({ ...one, withdrawn })),
        none,
      ),
    ).toEqual(['1.1.0'])
  })
})
