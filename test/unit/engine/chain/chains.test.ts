import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
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
  const killed: Trace = {
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
  }
  await traces.whileGoingOn(runId, async () => {
    await traces.write({ ...killed, continuedBy: traces.newRunId('one') })
    expect(await chains().chainRuns('one')).toMatchObject([{ state: 'failed' }])
  })
})
