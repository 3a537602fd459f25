import { describe, expect, it } from 'vitest'
import type { InstallSource } from '../../../src/engine/api.ts'
import { asksOf } from '../../../src/shared/capability-words.ts'
import type { TrustStatus } from '../../../src/shared/contract/overview.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'
import { skillManifest } from '../../support/host-values.ts'
import { installedSkill } from '../../support/installed-skill.ts'

const asked: TrustStatus = {
  registry: 'http://127.0.0.1:1',
  checkedAt: '2026-01-02T00:00:00.000Z',
  validUntil: '2026-01-09T00:00:00.000Z',
  problem: null,
  root: null,
  publishKeys: [],
}
const withdrawn = {
  reason: 'It sent files away.',
  severity: 'critical' as const,
  revokedAt: '2026-02-03T00:00:00.000Z',
  rotate: [],
}
const [read, write] = asksOf(skillManifest)

/** One skill that asks for nothing new, one that asks for more, one that is pinned and one whose update is refused. */
function shelf() {
  const applied: string[] = []
  const discarded: string[] = []
  const update = (slug: string, pinned = false) => ({
    slug,
    installed: '1.0.0',
    available: '1.1.0',
    pinned,
  })
  const plan = (slug: string, open: boolean) => ({
    planId: slug,
    skill: { title: slug, version: '1.1.0' },
    provenance: { publisher: 'skillet-labs' },
    asks: [
      { ...read, decided: 'allow' },
      { ...write, decided: open ? null : 'allow' },
    ],
    secrets: [],
    replaces: '1.0.0',
    older: false,
    changes: { widens: open, added: open ? [write] : [], removed: [], changed: [] },
  })
  return {
    applied,
    discarded,
    engine: {
      trustStatus: () => Promise.resolve(asked),
      installed: () =>
        Promise.resolve(['same', 'more', 'fixed', 'bad'].map((slug) => installedSkill({ slug }))),
      updates: () => Promise.resolve([update('same'), update('more'), update('fixed', true), update('bad')]),
      planInstall: (source: InstallSource) => {
        const slug = 'slug' in source ? source.slug : ''
        if (slug === 'bad')
          return Promise.reject(new SkilletError('METADATA_EXPIRED', 'The lists are too old.'))
        if (slug === 'fixed') return Promise.reject(new SkilletError('VERSION_PINNED', 'It stays.'))
        return Promise.resolve(plan(slug, slug === 'more') as never)
      },
      applyInstall: (planId: string) => {
        applied.push(planId)
        return Promise.resolve({ slug: planId, version: '1.1.0' })
      },
      discardPlan: (planId: string) => void discarded.push(planId),
    },
  }
}

describe('update', () => {
  it('--check lists and changes nothing', async () => {
    const { engine, applied } = shelf()
    const result = await runCliWith(['update', '--check', '--json'], engine)
    expect(result.status).toBe(0)
    expect(result.json).toEqual({
      updates: await engine.updates(),
      checkedAt: asked.checkedAt,
      problem: null,
    })
    expect(applied).toEqual([])
    expect((await runCliWith(['update', '--check'], engine)).stdout).toContain('same   1.0.0 → 1.1.0')
  })

  it('updates what asks for nothing new, holds the rest, leaves pinned ones and goes on after a failure', async () => {
    const { engine, applied, discarded } = shelf()
    const result = await runCliWith(['update', '--json'], engine)
    expect(applied).toEqual(['same'])
    expect(discarded).toEqual(['same', 'more'])
    expect(result.json).toMatchObject({
      updated: [{ slug: 'same', from: '1.0.0', to: '1.1.0' }],
      held: [{ slug: 'more', available: '1.1.0', asks: [{ capability: 'fs:write' }] }],
      pinned: [{ slug: 'fixed' }],
      failed: [{ slug: 'bad', error: { code: 'METADATA_EXPIRED' } }],
    })
    expect(result.status).toBe(4)
  })

  it('exits 3 where one was held, and says how to decide', async () => {
    const { engine } = shelf()
    const held = { ...engine, updates: () => Promise.resolve([{ ...one, slug: 'more' }]) }
    const result = await runCliWith(['update'], held)
    expect(result.status).toBe(3)
    expect(result.stdout).toContain('more 1.1.0 waits for you')
    expect(result.stdout).toContain('skillet update more')
  })

  it('of one skill that asks for more needs the decision, at a terminal or by --grant', async () => {
    const { engine, applied } = shelf()
    const refused = await runCliWith(['update', 'more', '--json'], engine)
    expect(refused.json).toMatchObject({ error: { code: 'PERMISSION_DENIED' } })
    expect(applied).toEqual([])
    expect((await runCliWith(['update', 'more', '--grant', 'fs:write'], engine)).status).toBe(0)
    const asked = await runCliWith(['update', 'more'], engine, { tty: true, stdin: 'y' })
    expect(asked.stderr).toContain('new')
    expect(asked.status).toBe(0)
    expect(applied).toEqual(['more', 'more'])
  })

  it('of a pinned one is refused, of one that is not installed as well', async () => {
    const { engine } = shelf()
    expect((await runCliWith(['update', 'fixed', '--json'], engine)).json).toMatchObject({
      error: { code: 'VERSION_PINNED' },
    })
    expect((await runCliWith(['update', 'other', '--json'], engine)).json).toMatchObject({
      error: { code: 'NOT_INSTALLED' },
    })
    expect((await runCliWith(['update', 'same@1.1.0'], engine)).status).toBe(2)
  })

  it('says that everything is up to date', async () => {
    const engine = {
      updates: () => Promise.resolve([]),
      installed: () => Promise.resolve([installedSkill()]),
      trustStatus: () => Promise.resolve(asked),
    }
    for (const argv of [['update'], ['update', 'csv-profile'], ['update', '--check']]) {
      const result = await runCliWith(argv, engine)
      expect([result.status, result.stdout]).toEqual([0, 'Everything is up to date.\n'])
    }
  })
})

describe('update without the registry', () => {
  const problem = new SkilletError('REGISTRY_UNREACHABLE', 'It does not answer.').toPlain()
  const engine = {
    updates: () => Promise.resolve([]),
    installed: () => Promise.resolve([installedSkill()]),
    trustStatus: () => Promise.resolve({ ...asked, problem }),
  }

  it.each([[['update']], [['update', 'csv-profile']], [['update', '--check']]])(
    'does not say that anything is up to date: %s',
    async (argv) => {
      const { status, stdout, stderr } = await runCliWith(argv, engine)
      expect(status).toBe(1)
      expect(stdout).toBe('Nothing newer was known on 2026-01-02T00:00:00.000Z.\n')
      expect(stderr).toContain('It does not answer.')
      const { json } = await runCliWith([...argv, '--json'], engine)
      expect(json).toMatchObject({ checkedAt: asked.checkedAt, problem })
    },
  )

  it('says so where none is named', async () => {
    const unnamed = { ...engine, trustStatus: () => Promise.resolve({ ...asked, registry: '' }) }
    const result = await runCliWith(['update', '--check', '--json'], unnamed)
    expect(result.json).toMatchObject({ problem: { code: 'REGISTRY_UNREACHABLE' } })
    expect(result.status).toBe(1)
    const never = { updates: () => Promise.reject(new SkilletError('NOT_FOUND', 'There is no catalog.')) }
    expect((await runCliWith(['update', '--json'], never)).json).toMatchObject({
      error: { code: 'REGISTRY_UNREACHABLE', message: 'No registry is named.' },
    })
  })
})

describe('update of a withdrawn skill that has no newer version', () => {
  const engine = (saferVersion: string | null, kept: string[]) => ({
    updates: () => Promise.resolve([]),
    installed: () =>
      Promise.resolve([
        installedSkill({
          kept: kept.map((version) => ({ version, installedAt: '' })),
          withdrawn: { ...withdrawn, saferVersion },
        }),
      ]),
    trustStatus: () => Promise.resolve(asked),
  })

  it.each([
    [null, [], 'skillet remove csv-profile'],
    ['1.1.0', ['1.1.0'], 'skillet rollback csv-profile@1.1.0'],
  ])('says what it can go to (%s)', async (saferVersion, kept, command) => {
    const one = await runCliWith(['update', 'csv-profile'], engine(saferVersion, kept))
    expect(one.status).toBe(4)
    expect(one.stderr).toContain('It sent files away.')
    expect(one.stderr).toContain(command)
    expect((await runCliWith(['update'], engine(saferVersion, kept))).stdout).toContain(command)
  })
})

const one = { installed: '1.0.0', available: '1.1.0', pinned: false }
