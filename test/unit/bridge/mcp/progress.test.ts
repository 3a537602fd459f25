import { expect, test, vi } from 'vitest'
import { createProgress } from '../../../../src/bridge/mcp/progress.ts'

type Sent = Parameters<Parameters<typeof createProgress>[0]>[0]

test('only ever grows, tells the newest of what was printed, and nothing after its end', async () => {
  const sent: Sent[] = []
  const progress = createProgress(async (message) => void sent.push(message))
  progress.onEvent({ type: 'progress', message: 'Half', fraction: 0.5 })
  progress.onEvent({ type: 'output', stream: 'stdout', text: 'x'.repeat(50_000) })
  progress.onEvent({ type: 'output', stream: 'stdout', text: 'the end' })
  await progress.end()
  progress.onEvent({ type: 'output', stream: 'stdout', text: 'too late' })
  expect(sent).toHaveLength(1)
  expect(sent[0]!.progress).toBeGreaterThan(0.5)
  expect(sent[0]!.message!.length).toBeLessThanOrEqual(8192)
  expect(sent[0]!.message).toMatch(/the end$/)
})

test('a reader that is told and never reads costs a bounded amount', async () => {
  vi.useFakeTimers()
  let characters = 0
  let last = 0
  const progress = createProgress(async ({ message = '', progress: reached }) => {
    expect(reached).toBeGreaterThan(last)
    last = reached
    characters += message.length
  })
  for (let second = 0; second < 100; second++) {
    for (let count = 0; count < 20; count++)
      progress.onEvent({ type: 'output', stream: 'stderr', text: 'y'.repeat(10_000) })
    await vi.advanceTimersByTimeAsync(1000)
    for (const fraction of [0.9, 0.1])
      progress.onEvent({ type: 'progress', message: 'z'.repeat(10_000), fraction })
    await vi.advanceTimersByTimeAsync(1000)
  }
  await progress.end()
  vi.useRealTimers()
  expect(characters).toBeGreaterThan(100_000)
  expect(characters).toBeLessThanOrEqual(1024 * 1024 + 8192)
})
