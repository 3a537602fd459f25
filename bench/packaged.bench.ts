import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { median, ratio } from './support/rounds.ts'
import { memoryMb, packBlank, startUntilPicture } from './support/packed-apps.ts'

// npm run dist -- --target dir before this, and a display: SKILLET_PACKED names the folder with the program in it.
const packed = process.env['SKILLET_PACKED'] ?? 'out/dist/packed/linux-unpacked'
const rounds = 9
const idleMs = 5000

let blank: Awaited<ReturnType<typeof packBlank>>
beforeAll(async () => void (blank = await packBlank(packed)))
afterAll(() => blank.remove())

it('starts in at most 1.3 times, and idles in at most 1.35 times, what a blank window takes', async () => {
  const programs = { skillet: join(packed, 'skillet'), blank: blank.program }
  const homes = {
    skillet: await mkdtemp(join(tmpdir(), 'skillet-b-')),
    blank: await mkdtemp(join(tmpdir(), 'blank-b-')),
  }
  const times: Record<'skillet' | 'blank', number[]> = { skillet: [], blank: [] }
  const memory: Record<'skillet' | 'blank', number[]> = { skillet: [], blank: [] }
  for (let round = -1; round < rounds; round += 1)
    for (const kind of ['blank', 'skillet'] as const) {
      const started = await startUntilPicture(programs[kind], kind, homes[kind])
      // The first one fills the disk's cache.
      if (round >= 0) times[kind].push(started.startMs)
      if (round >= 0 && round < 3) {
        await wait(idleMs)
        memory[kind].push(await memoryMb(started.child.pid ?? 0))
      }
      await started.stop()
    }
  for (const home of Object.values(homes)) await rm(home, { recursive: true, force: true })
  const start = { skillet: median(times.skillet), blank: median(times.blank) }
  const idle = { skillet: median(memory.skillet), blank: median(memory.blank) }
  console.log(
    `start: Skillet ${start.skillet.toFixed(0)} ms, blank ${start.blank.toFixed(0)} ms, ${ratio(times.skillet, times.blank).toFixed(2)} ×`,
  )
  console.log(
    `idle: Skillet ${idle.skillet.toFixed(0)} MiB, blank ${idle.blank.toFixed(0)} MiB, ${(idle.skillet / idle.blank).toFixed(2)} ×`,
  )
  expect(ratio(times.skillet, times.blank)).toBeLessThanOrEqual(1.3)
  expect(idle.skillet / idle.blank).toBeLessThanOrEqual(1.35)
})

it('takes at most 25 MB beyond Electron itself', async () => {
  const own = await sizeOf(join(packed, 'resources'))
  console.log(`beyond Electron: ${(own / 1e6).toFixed(1)} MB`)
  expect(own).toBeLessThanOrEqual(25e6)
})

/** Bytes of a folder's files. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    bytes += entry.isFile() ? (await lstat(join(entry.parentPath, entry.name))).size : 0
  return bytes
}
