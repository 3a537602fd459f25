import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Engine } from '../../../../src/engine/api.ts'
import { overviewHandlers } from '../../../../src/main/ipc/handlers/overview.ts'
import { permissionHandlers } from '../../../../src/main/ipc/handlers/permissions.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { emptyReceipt } from '../../../support/host-values.ts'

const source = (engine: unknown) => ({
  get: () => Promise.resolve(engine as Engine),
  close: () => Promise.resolve(),
})

it('journal entries about runs come with what the run did, and its files may be shown', async () => {
  const { journal: _journal, ...receipt } = { ...emptyReceipt, written: ['/state/x/report.html'] }
  const entry = (seq: number, event: string, detail: Record<string, unknown>) => ({
    seq,
    at: '2026-11-22T08:00:00Z',
    event,
    slug: 'x',
    text: 'X finished.',
    detail,
  })
  const run = { exitCode: 0, reason: 'exit', durationMs: 12, receipt }
  const shown: unknown[] = []
  const handlers = overviewHandlers({
    engine: source({
      auditEntries: () =>
        Promise.resolve([
          entry(3, 'run.finished', { version: '1.0.0', verified: true, ...run }),
          // As an older Skillet wrote it.
          entry(2, 'run.finished', { ...run, receipt: { read: [] } }),
          entry(1, 'install', run),
        ]),
      verifyAudit: () => Promise.resolve({ ok: true, problem: null, entries: 3, sealed: [] }),
    }),
    appearance: { get: () => 'system', set: () => Promise.resolve() },
    version: '0.1.0',
    onReady: () => {},
    onReceipt: ({ written }) => shown.push(...written),
  })
  const { entries } = await handlers['audit.list']({ limit: 100, before: null })
  expect(entries.map((each) => each.run)).toEqual([run, null, null])
  expect(shown).toEqual(['/state/x/report.html'])
})

it('one damaged skill does not keep the person from what the others may do', async () => {
  const handlers = permissionHandlers(
    source({
      installed: () => Promise.resolve([{ slug: 'good' }, { slug: 'damaged' }]),
      asks: (slug: string) =>
        slug === 'good'
          ? Promise.resolve([])
          : Promise.reject(new SkilletError('STORE_DAMAGED', 'Its record can’t be read.')),
    }),
  )
  expect(await handlers['grants.all'](null)).toMatchObject([
    { slug: 'good', problem: null },
    { slug: 'damaged', asks: [], problem: { code: 'STORE_DAMAGED' } },
  ])
})

it('tells a policy of the person’s own that can’t be read from one of the administrators', async () => {
  const home = await mkdtemp(join(tmpdir(), 'skillet-policy-'))
  const policy = () => Promise.reject(new SkilletError('POLICY_INVALID', 'The policy is not valid.'))
  const handlers = permissionHandlers(source({ home, policy }))
  await expect(handlers['policy.get'](null)).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  await writeFile(join(home, 'policy.json'), '{')
  expect(await handlers['policy.get'](null)).toMatchObject({ user: {}, problem: { code: 'POLICY_INVALID' } })
  await rm(home, { recursive: true })
})
