import { afterEach, describe, expect, it } from 'vitest'
import { createThread, type Thread } from '../../../../src/engine/thread/thread.ts'
import type { EchoCalls } from './echo-thread.ts'
import echo from 'thread:./echo-thread.ts'

let thread: Thread<EchoCalls>
const open = (idleMs: number | null = null) =>
  (thread = createThread<EchoCalls>(echo, { name: 'echo', idleMs }))
afterEach(() => thread.close())

describe('createThread', () => {
  it('answers each call, many at once', async () => {
    open()
    expect(await Promise.all([1, 2, 3].map((value) => thread.call('double', value)))).toEqual([2, 4, 6])
  })

  it('passes on what a call emits, before its answer', async () => {
    open()
    const seen: unknown[] = []
    expect(await thread.call('count', 3, { onEvent: (event) => seen.push(event) })).toBe(3)
    expect(seen).toEqual([1, 2, 3])
  })

  it('keeps code, remedy and cause of an error', async () => {
    open()
    await expect(thread.call('refuse', undefined)).rejects.toMatchObject({
      code: 'NO_SPACE',
      message: 'The disk is full.',
      remedy: 'Tidy up.',
      cause: { message: 'disk', code: 'ENOSPC' },
    })
  })

  it('tells a call that it is no longer wanted, also when that was so from the start', async () => {
    open()
    const controller = new AbortController()
    const call = thread.call('untilCancelled', null, { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(thread.call('untilCancelled', null, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })

  it.each(['die', 'fault'] as const)(
    'fails every call when the thread ends (%s), and starts anew',
    async (how) => {
      open()
      const other = thread.call('never', undefined)
      const ends = Promise.allSettled([
        other,
        how === 'fault' ? thread.call('never', undefined) : null,
        thread.call(how, undefined),
      ])
      await expect(other).rejects.toMatchObject({ code: 'INTERNAL' })
      await ends
      expect(await thread.call('double', 4)).toBe(8)
    },
  )

  it('ends when idle and starts again when asked', async () => {
    open(1)
    expect(await thread.call('double', 1)).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await thread.call('double', 2)).toBe(4)
  })

  it('fails calls under way when it is closed', async () => {
    open()
    const call = thread.call('never', undefined)
    const end = expect(call).rejects.toMatchObject({ code: 'INTERNAL' })
    await thread.close()
    await end
  })
})
