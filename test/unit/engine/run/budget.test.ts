import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBudget } from '../../../../src/engine/run/budget.ts'
import { skillManifestSchema } from '../../../../src/shared/skill-manifest.ts'

const MIB = 1024 * 1024
const manifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'sample',
  version: '1.0.0',
  title: 'Sample',
  summary: 'x',
  publisher: 'skillet-labs',
  license: 'MIT',
  category: 'data',
  capabilities: { net: 'Asks.' },
  sandbox: { network: ['api.example.com'] },
  budget: { runs_per_day: 2, egress_mb_per_day: 1 },
  run: { command: ['sh'] },
})
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-budget-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('runs are counted by the day, across restarts', async () => {
  let now = new Date(2026, 10, 22, 23, 59)
  const open = () => createBudget(folder, () => now)
  await open().begin(manifest)
  await open().begin(manifest)
  await expect(open().begin(manifest)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  now = new Date(2026, 10, 23, 0, 1)
  await expect(open().begin(manifest)).resolves.toBe(MIB)
  expect(await open().lastRunAt('sample')).toBe(now.toISOString())
})

test('what was sent is taken off what may still be sent', async () => {
  const budget = createBudget(folder)
  await budget.begin(manifest)
  await budget.spend('sample', 300_000)
  expect(await budget.begin(manifest)).toBe(MIB - 300_000)
  await budget.spend('sample', MIB)
  await expect(budget.begin(manifest)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
})

test('runs that start together are all counted', async () => {
  const budget = createBudget(folder)
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => budget.begin(manifest)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
})

test('a damaged file stops instead of starting again from nothing', async () => {
  writeFileSync(join(folder, 'sample.json'), '{"day":')
  await expect(createBudget(folder).begin(manifest)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
})
