import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
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

  describe('what was allowed once', () => {
    const once = grant({ life: 'once' })

    it('survives a restart until a run uses it, and is told apart afterwards', async () => {
      await createGrantStore({ file }).put([once, grant({ capability: 'exec' })])
      const store = createGrantStore({ file })
      const listed = await store.list('one')
      await store.useOnce(listed)
      expect((await store.list('one')).map(({ capability }) => capability)).toEqual(['exec'])
      expect(await createGrantStore({ file }).usedUp('one')).toEqual([once])
      expect(await store.usedUp('two')).toEqual([])
    })

    it('serves one of two runs that start at once, whichever process they are of', async () => {
      const stores = Array.from({ length: 6 }, () => createGrantStore({ file }))
      await stores[0]!.put([once])
      const listed = await Promise.all(stores.map((store) => store.list('one')))
      const started = await Promise.allSettled(stores.map((store, index) => store.useOnce(listed[index]!)))
      expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const one of started)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'PERMISSION_DENIED' })
    })

    it('is there again where the run did not start, unless somebody has decided since', async () => {
      const store = createGrantStore({ file })
      await store.put([once])
      await store.useOnce([once])
      await createGrantStore({ file }).giveBack([once, grant({ capability: 'exec' })])
      expect(await store.list('one')).toEqual([once])
      expect(await store.usedUp('one')).toEqual([])
      for (const [change, left] of [
        [() => store.put([grant({ decision: 'deny' })]), [grant({ decision: 'deny' })]],
        [() => store.forget('one', 'net'), []],
      ] as const) {
        await store.put([once])
        await store.useOnce([once])
        await change()
        await store.giveBack([once])
        expect(await store.list('one')).toEqual(left)
      }
    })

    it('is used whole or not at all', async () => {
      const store = createGrantStore({ file })
      const both = [once, grant({ capability: 'exec', life: 'once' })]
      await store.put(both)
      await store.useOnce([both[1]!])
      await expect(store.useOnce(both)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
      expect(await store.list('one')).toEqual([once])
    })

    it('does not serve a run that was judged before it was taken back, denied or narrowed', async () => {
      const store = createGrantStore({ file })
      for (const change of [
        () => store.forget('one', 'net'),
        () => store.put([grant({ decision: 'deny' })]),
        () => store.put([grant({ life: 'once', scope: [] })]),
      ]) {
        await store.put([once])
        const judged = await store.list('one')
        await change()
        await expect(store.useOnce(judged)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
      }
    })

    it('is forgotten as used once somebody answers anew, or takes the answer back', async () => {
      const store = createGrantStore({ file })
      for (const change of [
        () => store.put([grant()]),
        () => store.forget('one', 'net', once.capabilityDigest),
        () => store.forget('one'),
      ]) {
        await store.put([once])
        await store.useOnce([once])
        expect(await store.usedUp('one')).toHaveLength(1)
        await change()
        expect(await store.usedUp('one')).toEqual([])
      }
    })

    it('costs nothing where nothing was allowed once', async () => {
      await createGrantStore({ file: join(folder, 'nowhere', 'grants.json') }).useOnce([grant()])
      expect(await readdir(folder)).toEqual([])
    })
  })

  describe('what was allowed until Skillet is closed', () => {
    const open = grant({ life: 'session' })

    it('is known to the one that was told and to no other, and never in the file', async () => {
      const store = createGrantStore({ file })
      await store.put([open, grant({ capability: 'exec' })])
      expect(await store.list('one')).toContainEqual(open)
      expect(await readFile(file, 'utf8')).not.toContain('session')
      expect((await createGrantStore({ file }).list()).map(({ capability }) => capability)).toEqual(['exec'])
    })

    it('takes the place of what was allowed always, which does not come back after it', async () => {
      const store = createGrantStore({ file })
      await store.put([grant()])
      await store.put([open])
      expect(await store.list()).toEqual([open])
      expect(await createGrantStore({ file }).list()).toEqual([])
    })

    it('gives way to a later answer, also of another Skillet, for good', async () => {
      const [store, other] = [createGrantStore({ file }), createGrantStore({ file })]
      await store.put([open])
      await other.put([grant({ decision: 'deny' })])
      expect(await store.list()).toEqual([grant({ decision: 'deny' })])
      await other.forget('one', 'net')
      expect(await store.list()).toEqual([])
    })

    it('gives way to what another Skillet has said meanwhile, though nothing of that is left', async () => {
      const other = createGrantStore({ file })
      const since: (() => Promise<void>)[] = [
        async () => {
          await other.put([grant({ decision: 'deny' })])
          await other.forget('one', 'net')
        },
        () => other.forget('one', 'net'),
        () => other.forget('one', 'net', open.capabilityDigest),
        async () => {
          await other.put([grant({ life: 'once' })])
          await other.useOnce([grant({ life: 'once' })])
        },
      ]
      for (const change of since) {
        const store = createGrantStore({ file })
        await store.put([open])
        await change()
        expect(await store.list()).toEqual([])
        // Given anew it counts again.
        await store.put([open])
        expect(await store.list()).toEqual([open])
        await store.forget('one', 'exec')
        await other.forget('two')
        expect(await store.list()).toEqual([open])
      }
    })

    it('is taken back like any other', async () => {
      const store = createGrantStore({ file })
      await store.put([open, grant({ capabilityDigest: 'b'.repeat(64) })])
      await store.forget('one', 'net', open.capabilityDigest)
      expect(await store.list()).toEqual([])
      await store.put([open, grant({ slug: 'two' })])
      await store.forget('one')
      expect(await store.list()).toEqual([grant({ slug: 'two' })])
    })

    it('comes back where what replaced it is undone, but not in another process', async () => {
      for (const [undoing, left] of [
        [createGrantStore({ file }), []],
        [null, [open]],
      ] as const) {
        const store = createGrantStore({ file })
        await store.put([open])
        const before = await store.list()
        await store.put([grant()])
        await (undoing ?? store).undoPut([grant()], before)
        expect(await (undoing ?? store).list()).toEqual(left)
        await store.forget('one')
      }
    })

    it('goes where it is undone itself, and what was there before is there again', async () => {
      const store = createGrantStore({ file })
      await store.put([grant()])
      await store.put([open])
      await store.undoPut([open], [grant()])
      expect(await createGrantStore({ file }).list()).toEqual([grant()])
      expect(await store.list()).toEqual([grant()])
    })
  })

  it('keeps nothing that is no answer', async () => {
    const store = createGrantStore({ file })
    for (const parts of [{ decision: 'perhaps' }, { capability: 'root' }, { scope: '*' }, { more: 1 }])
      await expect(store.put([grant(), { ...grant(), ...parts } as never])).rejects.toThrow()
    expect(await store.list()).toEqual([])
  })

  it('reads what was stored before answers had a life as allowed always', async () => {
    const { life, ...old } = grant()
    await writeFile(file, JSON.stringify({ schema: 1, grants: [old] }))
    expect(await createGrantStore({ file }).list()).toEqual([{ ...old, life }])
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
