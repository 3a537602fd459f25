import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  createEventQueue,
  keptMs,
  mostWaiting,
  type Happened,
} from '../../../../src/engine/telemetry/queue.ts'
import { currentSalt, newSalt, pseudonyms, saltLastsMs } from '../../../../src/engine/telemetry/pseudonyms.ts'

let folder: string
let now: Date
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telemetry-'))
  now = new Date('2026-11-01T10:00:00Z')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = () => createEventQueue({ file: join(folder, 'deep', 'events.json'), now: () => now })
const used = (version: string): Happened => ({
  event: 'use',
  slug: 'csv-profile',
  version,
  durationMs: null,
  retries: null,
  ok: null,
})
const versions = async (queue: ReturnType<typeof open>) =>
  (await queue.read()).waiting.map(({ event }) => event.version)

it('keeps the newest of what waits, and nothing for longer than a week', async () => {
  const queue = open()
  await queue.add(
    Array.from({ length: mostWaiting + 20 }, (_, index) => used(`1.0.${index}`)),
    'window',
  )
  const kept = await versions(queue)
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([mostWaiting, '1.0.20', `1.0.${mostWaiting + 19}`])
  now = new Date(now.getTime() + keptMs - 1000)
  await queue.add([used('2.0.0')], 'window')
  now = new Date(now.getTime() + 2000)
  expect(await versions(queue)).toEqual(['2.0.0'])
})

it('gives out a hundred at a time, the oldest first, once; what is put back comes first again', async () => {
  const queue = open()
  await queue.add(
    Array.from({ length: 130 }, (_, index) => used(`1.0.${index}`)),
    'window',
  )
  const first = await queue.take()
  expect([first?.body.events.length, first?.body.events[0]?.version]).toEqual([100, '1.0.0'])
  const second = await queue.take()
  expect(second?.body.events.length).toBe(30)
  expect(await queue.take()).toBeNull()
  await queue.putBack(first!)
  expect((await queue.take())?.body).toEqual(first!.body)
})

it('loses nothing where two Skillets note at once', async () => {
  const [one, two] = [open(), open()]
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).add([used(`1.0.${index}`)], 'cli')),
  )
  expect((await versions(one)).toSorted()).toEqual(
    Array.from({ length: 20 }, (_, index) => `1.0.${index}`).toSorted(),
  )
})

it('tells under numbers that hold for a month and cannot be joined with later ones', async () => {
  const queue = open()
  const numbers = async () => {
    await queue.add([used('1.0.0')], 'window')
    const { user, agentClass } = (await queue.read()).waiting.at(-1)!.event
    return `${user} ${agentClass}`
  }
  const first = await numbers()
  expect(await numbers()).toBe(first)
  now = new Date(now.getTime() + saltLastsMs)
  const later = await numbers()
  expect(later).not.toBe(first)
  await queue.erase()
  expect(await numbers()).not.toBe(later)
})

it('has other numbers under each salt, and none that say the name', () => {
  const salt = newSalt(now)
  const names = pseudonyms(salt, 'window')
  expect(names).toEqual(pseudonyms(salt, 'window'))
  expect(names.user).toMatch(/^[0-9a-f]{64}$/)
  expect(pseudonyms(salt, 'cli').agentClass).not.toBe(names.agentClass)
  expect(pseudonyms(newSalt(now), 'window').user).not.toBe(names.user)
  // A clock that was set back starts anew, instead of keeping the numbers for longer.
  expect(currentSalt(salt, new Date(now.getTime() - 1000)).value).not.toBe(salt.value)
})

it('starts anew over a file that cannot be read, and erases it all', async () => {
  const queue = open()
  await queue.add([used('1.0.0')], 'window')
  const file = join(folder, 'deep', 'events.json')
  await writeFile(file, '{"waiting": 1')
  expect(await versions(queue)).toEqual([])
  await queue.add([used('1.0.1')], 'window')
  expect(await versions(queue)).toEqual(['1.0.1'])
  await queue.erase()
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
})
