import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { ChainHooks, ChainRequest } from '../../../src/engine/api.ts'
import type { ChainRun, StepResult } from '../../../src/shared/contract/chains.ts'
import { SkilletError, type PlainError } from '../../../src/shared/errors.ts'
import { runCliWith } from '../../support/cli-run.ts'

function step(id: string, change: Partial<StepResult> = {}): StepResult {
  return {
    id,
    slug: id,
    state: 'done',
    output: '{"a":1}',
    stderr: '',
    reason: 'exit',
    durationMs: 400,
    receipt: null,
    error: null,
    ...change,
  }
}

/** An engine whose one chain ends like this. */
function engineOf(steps: StepResult[], state: ChainRun['state'], error: PlainError | null = null) {
  const asked: ChainRequest[] = []
  const run = { runId: 'one-1', chain: 'one', startedAt: '', state, steps, error }
  return {
    asked,
    runChain: async (request: ChainRequest, hooks: ChainHooks = {}) => {
      asked.push(request)
      hooks.onChange?.({ ...run, state: 'running', steps: [step('a', { state: 'running' })] })
      return run
    },
  }
}
const failure = new SkilletError('STEP_FAILED', 'Step 2 (b): It ended with status 3.').toPlain()

it('prints what the last step handed on, and each step as it goes on stderr', async () => {
  const engine = engineOf([step('a', { state: 'kept' }), step('b')], 'done')
  const result = await runCliWith(['chain', 'x/one.toml', '--input', 'text=a=b', '--input', 'n=5'], engine)
  expect(result).toMatchObject({ status: 0, stdout: '{\n  "a": 1\n}\n' })
  expect(result.stderr).toBe('1/1 a …\n1/2 a done earlier\n2/2 b done in 0.4 s\n')
  expect(engine.asked).toEqual([
    { chain: { file: resolve('x/one.toml') }, inputs: { text: 'a=b', n: '5' }, resume: undefined },
  ])
})

it('takes a chain by its name, and goes on with an earlier run', async () => {
  const engine = engineOf([step('a')], 'done')
  await runCliWith(['chain', 'read-and-remember', '--resume', 'latest'], engine)
  expect(engine.asked).toEqual([{ chain: { id: 'read-and-remember' }, inputs: {}, resume: 'latest' }])
})

it('prints one document under --json', async () => {
  const result = await runCliWith(['chain', 'one', '--json'], engineOf([step('a')], 'done'))
  expect(result.stderr).toBe('')
  expect(result.json).toMatchObject({ runId: 'one-1', state: 'done', steps: [{ id: 'a' }], error: null })
})

it.each([
  ['exit', 1],
  ['time', 124],
  ['memory', 137],
] as const)(
  'a step that ended by %s gives status %i, what it said and how to go on',
  async (reason, status) => {
    const failed = step('b', { state: 'failed', output: null, reason, stderr: 'no luck\n' })
    const result = await runCliWith(['chain', 'one'], engineOf([step('a'), failed], 'failed', failure))
    expect(result.status).toBe(status)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('no luck\nSTEP_FAILED: Step 2 (b): It ended with status 3.\n')
    expect(result.stderr).toContain('skillet chain one --resume one-1')
  },
)

it('says what keeps a chain from starting, and gives that error’s status', async () => {
  const refused = {
    runChain: () => Promise.reject(new SkilletError('PERMISSION_DENIED', 'Nothing was run.')),
  }
  expect(await runCliWith(['chain', 'one'], refused)).toMatchObject({ status: 3 })
  expect((await runCliWith(['chain', 'one', '--json'], refused)).json).toMatchObject({
    error: { code: 'PERMISSION_DENIED' },
  })
  expect((await runCliWith(['chain', 'one', '--input', 'x'], {})).status).toBe(2)
  expect((await runCliWith(['chain', 'one'], {}, { uid: 0 })).status).toBe(5)
})
