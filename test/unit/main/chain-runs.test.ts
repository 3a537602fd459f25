import { describe, expect, it } from 'vitest'
import type { ChainHooks, ChainRequest, Engine } from '../../../src/engine/api.ts'
import { createChainRuns } from '../../../src/main/chain-runs.ts'
import type { ChainRun } from '../../../src/shared/contract/chains.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { emptyReceipt } from '../../support/host-values.ts'

const runOf = (state: ChainRun['state'], step: 'running' | 'done'): ChainRun => ({
  runId: 'r1',
  chain: 'notes',
  startedAt: '2026-11-22T08:00:00Z',
  state,
  steps: [
    {
      id: 'parse',
      slug: 'parse-input',
      state: step,
      output: null,
      stderr: '',
      reason: null,
      durationMs: 0,
      receipt: step === 'done' ? emptyReceipt : null,
      error: null,
    },
  ],
})

function chainRunsOver(
  runChain: (request: ChainRequest, hooks: ChainHooks) => ReturnType<Engine['runChain']>,
) {
  const sent: { state: string; error: unknown }[] = []
  const receipts: unknown[] = []
  const engine = { runChain } as unknown as Engine
  const runs = createChainRuns({
    engine: { get: () => Promise.resolve(engine), close: () => Promise.resolve() },
    send: (_name, payload) => void sent.push(payload as { state: string; error: unknown }),
    wasChosen: (path) => path === '/home/me/report.md',
    onReceipt: (receipt) => void receipts.push(receipt),
    onRunning: () => {},
    log: () => {},
  })
  return { runs, sent, receipts }
}

describe('createChainRuns', () => {
  it('answers with the id of the run, tells each change, and remembers each receipt once', async () => {
    const requests: ChainRequest[] = []
    const { runs, sent, receipts } = chainRunsOver(async (request, hooks) => {
      requests.push(request)
      hooks.onChange?.(runOf('running', 'running'))
      hooks.onChange?.(runOf('running', 'done'))
      return { ...runOf('done', 'done'), error: null }
    })
    expect(await runs.start('notes', { text: 'x' }, 'r0')).toBe('r1')
    await runs.stopAll()
    expect(sent.map(({ state }) => state)).toEqual(['running', 'running', 'done'])
    expect(receipts).toHaveLength(1)
    expect(requests).toEqual([{ chain: { id: 'notes' }, inputs: { text: 'x' }, resume: 'r0' }])
  })

  it('fails to start where a check of a step fails', async () => {
    const { runs, sent } = chainRunsOver(() =>
      Promise.reject(new SkilletError('PERMISSION_DENIED', 'Step 2 was not allowed.')),
    )
    await expect(runs.start('notes', {}, null)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(sent).toEqual([])
  })

  it('tells the window where a run that had begun breaks down', async () => {
    const { runs, sent } = chainRunsOver(async (_request, hooks) => {
      hooks.onChange?.(runOf('running', 'running'))
      throw new SkilletError('NO_SPACE', 'The disk is full.')
    })
    await runs.start('notes', {}, null)
    await runs.stopAll()
    expect(sent.at(-1)).toMatchObject({ state: 'failed', error: { code: 'NO_SPACE' } })
  })

  it('stops the run that is named, lets files through that the person picked, and waits for the end', async () => {
    let stopped = false
    const { runs } = chainRunsOver((_request, hooks) => {
      hooks.onChange?.(runOf('running', 'running'))
      expect(['/home/me/report.md', '/etc/passwd'].map((path) => hooks.wasChosen?.(path))).toEqual([
        true,
        false,
      ])
      return new Promise((resolve) =>
        hooks.signal?.addEventListener('abort', () => {
          stopped = true
          resolve({ ...runOf('stopped', 'done'), error: null })
        }),
      )
    })
    const runId = await runs.start('notes', {}, null)
    runs.stop('another')
    expect(stopped).toBe(false)
    runs.stop(runId)
    await runs.stopAll()
    expect(stopped).toBe(true)
  })
})
