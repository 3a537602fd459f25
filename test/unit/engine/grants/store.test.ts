import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGrantStore } from '../../../../src/engine/grants/store.ts'
import type { Grant } from '../../../../src/shared/contract/overview.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-grants-'))
  file = join(folder, 'grants.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const grant = (parts: Partial<Grant> = {}): Grant => ({
  slug: 'one',
  capability: 'net',
  decision: 'allow',
  scope: ['api.example.com'],
  capabilityDigest: 'a'.repeat(64),
  decidedAt: '2026-01-01T00:00:00.000Z',
  by: 'window',
  life: 'always',
  ...parts,
})

describe('createGrantStore', () => {
  it('keeps decisions between starts, readable by their owner alone', async () => {
    await createGrantStore({ file }).put([grant(), grant({ slug: 'two', decision: 'deny' })])
    const store = createGrantStore({ file })
    expect(await store.list()).toHaveLength(2)
    expect(await store.list('two')).toEqual([grant({ slug: 'two', decision: 'deny' })])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('puts a decision in place of the earlier one, and keeps those about other releases', async () => {
    const store = createGrantStore({ file })
    await store.put([grant()])
    await store.put([grant({ decision: 'deny' }), grant({ capabilityDigest: 'b'.repeat(64) })])
    expect((await store.list()).map((one) => one.decision)).toEqual(['deny', 'allow'])
  })

  it('undoes a put, but for what was taken back or decided since', async () => {
    const store = createGrantStore({ file })
    const before = [
      grant(),
      grant({ capability: 'exec' }),
      grant({ capability: 'env:read', decision: 'deny' }),
      grant({ capability: 'fs:read' }),
    ]
    await store.put(before)
    const at = '2026-02-02T00:00:00.000Z'
    const added = [
      ...before.map((one) => ({ ...one, decision: 'allow' as const, decidedAt: at })),
      grant({ capability: 'fs:write' }),
    ]
    await store.put(added)
    await store.forget('one', 'exec')
    const denied = grant({ capability: 'fs:read', decision: 'deny', decidedAt: at })
    await store.put([denied])
    await store.undoPut(added, before)
    expect(await store.list()).toEqual([before[0], before[2], denied])
  })

  it('forgets one capability, or a whole skill', async () => {
    const store = createGrantStore({ file })
    await store.put([grant(), grant({ capability: 'exec' }), grant({ slug: 'two' })])
    await store.forget('one', 'net')
    expect((await store.list('one')).map((one) => one.capability)).toEqual(['exec'])
    await store.forget('one')
    expect((await store.list()).map((one) => one.slug)).toEqual(['two'])
  })

  it('forgets a denial of one version alone, and a permission in all of them', async () => {
    const store = createGrantStore({ file })
    const [own, earlier, refused] = [
      grant(),
      grant({ capabilityDigest: 'b'.repeat(64) }),
      grant({ capabilityDigest: 'c'.repeat(64), decision: 'deny' }),
    ]
    await store.put([own, earlier, refused])
    await store.forget('one', 'net', refused.capabilityDigest)
    expect(await store.list()).toEqual([own, earlier])
    await store.put([refused])
    await store.forget('one', 'net', own.capabilityDigest)
    expect(await store.list()).toEqual([refused])
  })

  it('loses nothing when several change it at once', async () => {
    const stores = [createGrantStore({ file }), createGrantStore({ file })]
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => stores[index % 2]!.put([grant({ slug: `skill-${index}` })])),
    )
    expect(await stores[0]!.list()).toHaveLength(20)
  })

  const damaged = [
    '',
    '{',
    '[]',
    '{"schema":1}',
    '{"schema":2,"grants":[]}',
    '{"schema":1,"grants":[{"slug":"x"}]}',
  ]
  it.each(damaged)('stops at a damaged file instead of forgetting denials: %j', async (text) => {
    await writeFile(file, text)
    const store = createGrantStore({ file })
    await expect(store.list()).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await expect(store.put([grant()])).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})
