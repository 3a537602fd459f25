import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { withProgress } from '../../../src/cli/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function terminal(options: { isTTY?: boolean; json?: boolean } = {}) {
  let text = ''
  const stderr = { write: (more: string) => (text += more), isTTY: options.isTTY ?? true }
  const cli = { ports: { stderr }, output: { json: options.json ?? false } } as never
  return { cli, text: () => text }
}

const slow = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms))

it('says nothing about what is over within half a second', async () => {
  const { cli, text } = terminal()
  const work = withProgress(cli, 'Checking', () => slow(400))
  await vi.advanceTimersByTimeAsync(400)
  expect(await work).toBe('done')
  expect(text()).toBe('')
})

it('shows what takes longer, how far it is, and wipes it when it is over', async () => {
  const { cli, text } = terminal()
  const work = withProgress(cli, 'Checking', (progress) => {
    progress.show('Downloading\u001b[2J', 0.5)
    return slow(3000)
  })
  await vi.advanceTimersByTimeAsync(3000)
  await work
  expect(text()).toContain('Downloading[2J … 50 %')
  expect(text().endsWith('\r\u001b[K')).toBe(true)
})

it('is wiped after a failure as well', async () => {
  const { cli, text } = terminal()
  const work = withProgress(cli, 'Checking', async () => {
    await slow(1000)
    throw new Error('no')
  })
  const failed = expect(work).rejects.toThrow('no')
  await vi.advanceTimersByTimeAsync(1000)
  await failed
  expect(text().endsWith('\r\u001b[K')).toBe(true)
})

it.each([{ isTTY: false }, { json: true }])('says nothing where nobody looks: %j', async (options) => {
  const { cli, text } = terminal(options)
  const work = withProgress(cli, 'Checking', () => slow(3000))
  await vi.advanceTimersByTimeAsync(3000)
  await work
  expect(text()).toBe('')
})
