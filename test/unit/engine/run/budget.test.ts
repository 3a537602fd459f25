import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withFileLock } from '../../../../src/engine/audit/file-lock.ts'
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

const limits = { runs_per_day: 2, egress_mb_per_day: 1 }
const nothing = () => 0

test('runs are counted by the day, across restarts', async () => {
  let now = new Date(2026, 10, 22, 23, 59)
  const begin = () => createBudget(folder, () => now).begin(manifest, limits, nothing)
  await begin()
  expect((await begin()).left()).toEqual({ runs: 0, bytesOut: MIB })
  await expect(begin()).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
  now = new Date(2026, 10, 23, 0, 1)
  expect((await begin()).maxBytesOut()).toBe(MIB)
  expect(await createBudget(folder).lastRunAt('sample')).toBe(now.toISOString())
})

test('what was sent is taken off what may still be sent', async () => {
  const budget = createBudget(folder)
  const first = await budget.begin(manifest, limits, () => 300_000)
  await first.end()
  expect(first.left()).toEqual({ runs: 1, bytesOut: MIB - 300_000 })
  const second = await createBudget(folder).begin(manifest, limits, () => MIB)
  expect(second.maxBytesOut()).toBe(MIB - 300_000)
  await second.end()
  await expect(budget.begin(manifest, { ...limits, runs_per_day: 9 }, nothing)).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
  })
})

test('runs at the same time share what may be sent', async () => {
  const budget = createBudget(folder)
  let sent = 0
  const one = await budget.begin(manifest, limits, () => sent)
  const other = await budget.begin(manifest, limits, nothing)
  sent = 400_000
  expect(one.maxBytesOut()).toBe(MIB)
  expect(other.maxBytesOut()).toBe(MIB - 400_000)
  await one.end()
  expect(other.maxBytesOut()).toBe(MIB - 400_000)
})

test('a run that never started does not count', async () => {
  const budget = createBudget(folder)
  await budget.begin(manifest, limits, nothing)
  const last = await budget.lastRunAt('sample')
  const refused = await createBudget(folder, () => new Date(Date.now() + 1000)).begin(
    manifest,
    limits,
    nothing,
  )
  await refused.cancel()
  expect(await budget.lastRunAt('sample')).toBe(last)
  await expect(budget.assertLeft(manifest, limits, 1)).resolves.toBeUndefined()
  await expect(budget.assertLeft(manifest, limits, 2)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
})

test('runs that start together are all counted, in several Skillets', async () => {
  const budgets = [createBudget(folder), createBudget(folder), createBudget(folder)]
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) => budgets[index % 3]!.begin(manifest, limits, nothing)),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
})

test('no run is counted while another Skillet counts one', async () => {
  let begun = false
  await withFileLock(join(folder, 'sample.lock'), async () => {
    void createBudget(folder)
      .begin(manifest, limits, nothing)
      .then(() => (begun = true))
    await setTimeout(20)
    expect(begun).toBe(false)
  })
  await vi.waitFor(() => expect(begun).toBe(true))
})

test('a damaged file stops instead of starting again from nothing; what a power cut left does not', async () => {
  const file = join(folder, 'sample.json')
  writeFileSync(file, '{"day":')
  await expect(createBudget(folder).begin(manifest, limits, nothing)).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
  })
  rmSync(file)
  mkdirSync(file)
  await expect(createBudget(folder).begin(manifest, limits, nothing)).rejects.toThrow()
  rmSync(file, { recursive: true })
  for (const content of ['', '\0\0\0']) {
    writeFileSync(file, content)
    await expect(createBudget(folder).begin(manifest, limits, nothing)).resolves.toBeDefined()
  }
})
