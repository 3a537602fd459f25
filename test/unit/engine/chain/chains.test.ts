import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createChains } from '../../../../src/engine/chain/chains.ts'
import { createTraces, type Trace } from '../../../../src/engine/chain/traces.ts'

let home: string
const now = () => new Date()
const log = () => undefined
function chains() {
  const skills = { glance: async () => ({ manifest: null, problem: null }) }
  return createChains({ home, skills, log, now, journal: {} } as never)
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillet-chains-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const traceOf = (runId: string): Trace => ({
  schema: 1,
  runId,
  chain: 'one',
  title: 'One',
  startedAt: '2026-11-22T00:00:00Z',
  endedAt: null,
  state: 'running',
  chainSha256: 'a'.repeat(64),
  inputsSha256: 'b'.repeat(64),
  inputs: {},
  resumed: null,
  steps: [{ id: 'first', slug: 'sample', version: '1.0.0' }],
})

test('what is no chain is shown with its problem, beside the others', async () => {
  mkdirSync(join(home, 'chains', 'bad.toml'), { recursive: true })
  const shown = await chains().chains()
  expect(shown.map(({ id, problem }) => [id, problem?.code ?? null])).toEqual([
    ['bad', 'CHAIN_INVALID'],
    ['read-and-remember', null],
  ])
  await chains().removeChain('bad')
  expect(await chains().chains()).toHaveLength(1)
})

test('a run that was killed and is gone on from does not run', async () => {
  const traces = createTraces(join(home, 'traces'), log, now)
  const runId = traces.newRunId('one')
  await traces.whileGoingOn(runId, async () => {
    await traces.write({ ...traceOf(runId), continuedBy: traces.newRunId('one') })
    expect(await chains().chainRuns('one')).toMatchObject([{ state: 'failed', continuedBy: null }])
  })
})

test('a run that another one went on from names it, also where that one is damaged', async () => {
  const traces = createTraces(join(home, 'traces'), log, now)
  const [runId, by] = [traces.newRunId('one'), traces.newRunId('one')]
  await traces.write({ ...traceOf(runId), state: 'failed', continuedBy: by })
  await traces.write({ ...traceOf(by), state: 'done', resumed: runId })
  const told = async () => (await chains().chainRuns('one')).map((run) => [run.runId, run.continuedBy])
  expect(new Map((await told()) as [string, string | null][])).toEqual(
    new Map([
      [runId, by],
      [by, null],
    ]),
  )
  writeFileSync(join(home, 'traces', by, 'run.json'), '{')
  expect(await told()).toEqual([[runId, by]])
})
