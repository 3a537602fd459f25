import { describe, expect, it } from 'vitest'
import type { Engine, RunHooks, RunRequest } from '../../../src/engine/api.ts'
import { createRuns } from '../../../src/main/runs.ts'
import { SkilletError } from '../../../src/shared/errors.ts'
import { runResult, skillManifest } from '../../support/host-values.ts'

function runsOver(run: (request: RunRequest, hooks: RunHooks) => Promise<ReturnType<typeof runResult>>) {
  const sent: { name: string; payload: Record<string, unknown> }[] = []
  const receipts: unknown[] = []
  const chosen = new Set(['/home/me/data.csv'])
  const engine = {
    installed: () => Promise.resolve([{ slug: 'csv-profile', manifest: skillManifest }]),
    run,
  } as unknown as Engine
  const runs = createRuns({
    engine: { get: () => Promise.resolve(engine) },
    send: (name, payload) => void sent.push({ name, payload: payload as Record<string, unknown> }),
    wasChosen: (path) => chosen.has(path),
    onReceipt: (receipt) => void receipts.push(receipt),
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

  it('does not give a skill a file that nobody picked', async () => {
    const { runs, sent } = runsOver(() => Promise.resolve(runResult()))
    await expect(runs.start('csv-profile', { file: '/home/me/.ssh/id_ed25519' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    await runs.stopAll()
    expect(sent).toEqual([])
  })

  it('refuses a skill that is not installed', async () => {
    const { runs } = runsOver(() => Promise.resolve(runResult()))
    await expect(runs.start('other', {})).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
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
