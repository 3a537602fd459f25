import { expect, test } from 'vitest'
import { createRunEvents } from '../../../../src/bridge/runs/run-events.ts'

test('keeps the latest megabyte and says how much of the rest is gone', () => {
  const events = createRunEvents()
  const text = 'a'.repeat(1024)
  for (let at = 0; at < 5000; at++) events.push('output', { stream: 'stdout', text })
  const { events: first, missed } = events.after(0)
  expect(missed).toBeGreaterThan(3900)
  expect(first[0]!.id).toBe(missed + 1)
  let kept = 0
  let at = missed
  for (let part = events.after(at).events; part.length > 0; part = events.after(at).events) {
    // A part is never much more than a reader takes at once.
    expect(part.length).toBeLessThan(70)
    kept += part.reduce((sum, { data }) => sum + data.length, 0)
    at = part.at(-1)!.id
  }
  expect([at, kept <= 1024 * 1024, kept > 1000 * 1024]).toEqual([5000, true, true])
})

test('wakes who waits for more, and lets go of who leaves', async () => {
  const events = createRunEvents()
  const leave = new AbortController()
  const [stays, leaves] = [events.more(0, new AbortController().signal), events.more(0, leave.signal)]
  leave.abort()
  await leaves
  events.push('end', {})
  await stays
  expect(events.after(0)).toMatchObject({ events: [{ id: 1, event: 'end' }], missed: 0 })
})
