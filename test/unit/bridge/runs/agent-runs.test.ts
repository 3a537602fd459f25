import { expect, test } from 'vitest'
import { createAgentRuns } from '../../../../src/bridge/runs/agent-runs.ts'
import type { Agent } from '../../../../src/bridge/operations/operation.ts'
import type { Engine, RunHooks, RunRequest } from '../../../../src/engine/api.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

const agentOf = (id: string): Agent => ({ id, name: id, scopes: ['skills:run', 'runs:read'] })
const request: RunRequest = { slug: 'lasts', inputs: {} }

/** Runs that go on until somebody stops them. */
function runsThatLast() {
  const run = (_: RunRequest, { signal }: RunHooks) =>
    new Promise<never>((_resolve, reject) => {
      const stop = () => reject(new SkilletError('CANCELLED', 'It was stopped.'))
      if (signal?.aborted === true) stop()
      else signal?.addEventListener('abort', stop)
    })
  const runs = createAgentRuns({
    engine: async () => ({ run }) as unknown as Engine,
    log: () => undefined,
  })
  const start = (id: string) =>
    runs.start(
      agentOf(id),
      request,
      () => false,
      () => undefined,
    )
  return { runs, start }
}

test('an agent has four runs at once, and another has its own', async () => {
  const { runs, start } = runsThatLast()
  const first = await start('one')
  for (let count = 1; count < 4; count++) await start('one')
  await expect(start('one')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await start('two')
  // One that has ended makes room.
  await runs.stop(agentOf('one'), first.runId)
  await start('one')
  await runs.stopAll()
})

test('all agents together have sixteen', async () => {
  const { runs, start } = runsThatLast()
  for (let count = 0; count < 16; count++) await start(`agent-${count % 8}`)
  await expect(start('another')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await runs.stopAll()
  await start('another')
  await runs.stopAll()
})
