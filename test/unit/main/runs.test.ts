import { describe, expect, it } from 'vitest'
import type { Engine, RunHooks, RunRequest } from '../../../src/engine/api.ts'
import { createRuns } from '../../../src/main/runs.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runResult } from '../../support/host-values.ts'

function runsOver(run: (request: RunRequest, hooks: RunHooks) => Promise<ReturnType<typeof runResult>>) {
  const sent: { name: string; payload: Record<string, unknown> }[] = []
  const receipts: unknown[] = []
  const chosen = new Set(['/home/me/data.csv'])
  const engine = {
    run,
  } as unknown as Engine
  const runs = createRuns({
    engine: { get: () => Promise.resolve(engine), close: () => Promise.resolve() },
    send: (name, payload) => void sent.push({ name, payload: payload as Record<string, unknown> }),
    wasChosen: (path) => chosen.has(path),
    onReceipt: (receipt) => void receipts.push(receipt),
    onRunning: () => {},
    log: () => {},
  })
  return { runs, sent, receipts }
}
const inputs = { file: '/home/me/data.csv' }

describe('createRuns', () => {
  it('joins output, ends with the result and remembers the receipt', async () => {
    const { runs, sent, receipts } = runsOver(async (_request, hooks) => {
      hooks.onOutput?.('stdout', 'a')
      hooks.onOutput?.('stdout', 'b')
      hooks.onOutput?.('stderr', 'c')
      return runResult()
    })
    const runId = await runs.start('csv-profile', inputs)
    expect(sent).toEqual([])
    await runs.stopAll()
    expect(sent).toEqual([
      { name: 'run.output', payload: { runId, stream: 'stdout', text: 'ab' } },
      { name: 'run.output', payload: { runId, stream: 'stderr', text: 'c' } },
      { name: 'run.finished', payload: { runId, result: runResult(), error: null } },
    ])
    expect(receipts).toHaveLength(1)
  })

  it('reports a refusal as an event', async () => {
    const { runs, sent } = runsOver(() => Promise.reject(new SkilletError('REVOKED', 'It was revoked.')))
    await runs.start('csv-profile', inputs)
    await runs.stopAll()
    expect(sent[0]?.payload).toMatchObject({ result: null, error: { code: 'REVOKED' } })
  })

  it('lets the engine know which files the person picked, and no others', async () => {
    const asked: unknown[] = []
    const { runs } = runsOver((_request, hooks) => {
      for (const path of ['/home/me/data.csv', '/home/me/.ssh/id_ed25519'])
        asked.push([path, hooks.wasChosen?.(path)])
      return Promise.resolve(runResult())
    })
    await runs.start('csv-profile', inputs)
    await runs.stopAll()
    expect(asked).toEqual([
      ['/home/me/data.csv', true],
      ['/home/me/.ssh/id_ed25519', false],
    ])
  })

  it('asks for nothing but the one run to start it', async () => {
    // An engine that can do nothing else: listing and checking every installed skill takes longer than many a run.
    const { runs, sent } = runsOver(() => Promise.resolve(runResult()))
    await runs.start('csv-profile', inputs)
    await runs.stopAll()
    expect(sent.map(({ name }) => name)).toEqual(['run.finished'])
  })

  it('stops a run and waits for its end when everything stops', async () => {
    let ended = false
    const { runs } = runsOver(
      (_request, hooks) =>
        new Promise((resolve) =>
          hooks.signal?.addEventListener('abort', () =>
            setImmediate(() => {
              ended = true
              resolve(runResult({ reason: 'stopped', exitCode: null, signal: 'SIGKILL' }))
            }),
          ),
        ),
    )
    const runId = await runs.start('csv-profile', inputs)
    await new Promise((resolve) => setImmediate(resolve))
    runs.stop('another-run')
    expect(ended).toBe(false)
    runs.stop(runId)
    await runs.stopAll()
    expect(ended).toBe(true)
  })
})
