import { expect, test } from 'vitest'
import { parseChain } from '../../../../src/engine/chain/parse-chain.ts'
import { findEarlier, stepsToKeep } from '../../../../src/engine/chain/resume.ts'
import { codeOf } from '../../trust/code.ts'
import { waitingStep } from '../../../../src/engine/chain/run-chain.ts'
import type { Checkpoint, Trace, Traces } from '../../../../src/engine/chain/traces.ts'

// a → b → d, c → d, e stands alone
const chain = parseChain(
  `schema = 1
title = "T"
summary = "S"
[[steps]]
skill = "a"
[[steps]]
skill = "b"
[steps.inputs]
x = { from = "a" }
[[steps]]
skill = "c"
[[steps]]
skill = "d"
[steps.inputs]
x = { from = "b.y" }
z = { from = "c" }
[[steps]]
skill = "e"`,
  'x.toml',
)

type Ended = 'done' | 'kept' | 'redacted' | 'failed' | null

function checkpoint(id: string, ended: Exclude<Ended, null>): Checkpoint {
  const { output: _, ...step } = waitingStep(id, id)
  return {
    schema: 1,
    version: '1.0.0',
    endedAt: '2026-11-22T00:00:00Z',
    value: 1,
    redacted: ended === 'redacted',
    step: { ...step, state: ended === 'redacted' ? 'done' : ended },
  }
}

/** Which steps needn't run again, where each ended like this. */
async function keptOf(ends: Ended[]): Promise<string> {
  const traces: Pick<Traces, 'readStep'> = {
    readStep: async (_, index, id) => (ends[index] ? checkpoint(id, ends[index]) : null),
  }
  const kept = await stepsToKeep(traces as Traces, { runId: 'r' } as Trace, chain)
  return chain.steps.flatMap(({ id }, index) => (kept.has(index) ? [id] : [])).join('')
}

test.each<[string, Ended[], string]>([
  ['nothing was done', [null, null, null, null, null], ''],
  ['what was done stays done', ['done', 'kept', 'done', 'failed', null], 'abc'],
  ['a damaged checkpoint runs again, and what was made of it', [null, 'done', 'done', 'done', 'done'], 'ce'],
  ['a redacted output is made again for who needs it', ['done', 'redacted', 'done', 'failed', null], 'ac'],
  ['also for who is made again because of another', [null, 'done', 'redacted', 'done', 'done'], 'e'],
  ['a redacted output that nobody needs any more stays', ['redacted', 'done', 'done', 'failed', null], 'abc'],
  ['all of them', ['done', 'done', 'redacted', 'done', 'done'], 'abcde'],
])('%s', async (_, ends, kept) => {
  expect(await keptOf(ends)).toBe(kept)
})

test('the latest run is the newest one that began; one of another chain, finished or under way is refused', async () => {
  const states: Record<string, Partial<Trace>> = {
    'x-2': { chain: 'x', state: 'failed' },
    'x-1': { chain: 'x', state: 'stopped' },
    'x-0': { chain: 'x', state: 'done' },
    'y-1': { chain: 'y', state: 'failed' },
  }
  const traces: Partial<Traces> = {
    runsOf: async () => ['x-3', 'x-2', 'x-1', 'x-0'],
    read: async (runId) => (states[runId] ? ({ runId, ...states[runId] } as Trace) : null),
    isRunning: async (runId) => runId === 'x-1',
  }
  const find = (runId: string) => findEarlier(traces as Traces, 'x', runId)
  expect((await find('latest')).runId).toBe('x-2')
  expect(await codeOf(find('x-1'))).toBe('BUSY')
  expect(await codeOf(find('x-0'))).toBe('INPUT_INVALID')
  expect(await codeOf(find('y-1'))).toBe('NOT_FOUND')
  expect(await codeOf(find('x-9'))).toBe('NOT_FOUND')
})
