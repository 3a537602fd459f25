import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { waitingStep } from '../../../../src/engine/chain/run-chain.ts'
import { createTraces, keepable, type Trace } from '../../../../src/engine/chain/traces.ts'

let folder: string
let at: number
let lines: string[]
const traces = () =>
  createTraces(
    folder,
    (line) => lines.push(line),
    () => new Date((at += 1000)),
  )

function traceOf(runId: string, state: Trace['state'] = 'done'): Trace {
  return {
    schema: 1,
    runId,
    chain: 'one',
    title: 'One',
    startedAt: '2026-11-22T00:00:00Z',
    endedAt: null,
    state,
    chainSha256: 'a'.repeat(64),
    inputsSha256: 'b'.repeat(64),
    inputs: {},
    resumed: null,
    steps: [{ id: 'first', slug: 'sample', version: '1.0.0' }],
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-traces-'))
  at = Date.UTC(2026, 10, 22)
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the newest fifty runs of a chain are kept, and every run of others', async () => {
  const kept = traces()
  const other = kept.newRunId('one-more')
  await kept.write(traceOf(other))
  const ids: string[] = []
  for (let count = 0; count < 52; count++) {
    const runId = kept.newRunId('one')
    ids.push(runId)
    await kept.whileRunning(runId, () => kept.write(traceOf(runId)))
  }
  expect(await kept.runsOf('one')).toEqual(ids.slice(2).reverse())
  expect(await kept.runsOf('one-more')).toEqual([other])
})

test('a run is under way as long as its work, for everybody', async () => {
  const runId = traces().newRunId('one')
  const mine = traces()
  await mine.whileRunning(runId, async () => {
    expect(await mine.isRunning(runId)).toBe(true)
    expect(await traces().isRunning(runId)).toBe(true)
  })
  expect(await traces().isRunning(runId)).toBe(false)
})

test('a run whose process was killed is not under way', async () => {
  const runId = traces().newRunId('one')
  mkdirSync(join(folder, runId))
  // What a process that is gone leaves: a lock that names it.
  symlinkSync(JSON.stringify({ pid: 2 ** 22 + 1, started: '1', id: 'x' }), join(folder, runId, 'lock'))
  expect(await traces().isRunning(runId)).toBe(false)
  expect(readdirSync(join(folder, runId))).toEqual([])
})

test('what is written is read again; a damaged checkpoint counts as none', async () => {
  const kept = traces()
  const runId = kept.newRunId('one')
  await kept.write(traceOf(runId, 'failed'))
  const step = { ...waitingStep('first', 'sample'), state: 'done' as const, output: '{"a":1}' }
  await kept.writeStep(runId, 0, step, { version: '1.0.0', value: { a: 1 }, redacted: false })
  expect(readdirSync(join(folder, runId))).toEqual(['01-first.json', 'run.json'])
  expect(await kept.read(runId)).toEqual(traceOf(runId, 'failed'))
  expect(await kept.readStep(runId, 0, 'first')).toMatchObject({ value: { a: 1 }, step: { state: 'done' } })
  expect(await kept.readStep(runId, 1, 'second')).toBeNull()
  writeFileSync(join(folder, runId, '01-first.json'), '{"schema": 1, "va')
  expect(await kept.readStep(runId, 0, 'first')).toBeNull()
  expect(lines).toEqual([expect.stringContaining('The step counts as not done.')])
})

test('what is no run’s id leads nowhere', async () => {
  mkdirSync(join(folder, 'inside'))
  for (const id of ['../x', 'inside', '', 'one-20261122T000000000Z-zzzzzz', 'one/../inside'])
    expect(await traces().read(id)).toBeNull()
})

test('values that look like a key are not kept', () => {
  expect(keepable({ document: '/home/me/a.md', count: 5 })).toEqual({ document: '/home/me/a.md', count: 5 })
  expect(keepable({ text: `ghp_${'a1B2'.repeat(9)}` })).toBeNull()
})
