import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLock } from '../../../../src/engine/install/lock.ts'
import { codeOf } from '../../trust/code.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('createLock', () => {
  it('lets callers of this process in one after the other', async () => {
    const lock = createLock(join(folder, 'lock'))
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setTimeout(resolve, 5))
      inside--
    }
    await Promise.all([1, 2, 3, 4].map(() => lock.hold(work)))
    expect(most).toBe(1)
  })

  it('is BUSY while another holds it, and free again after a failure', async () => {
    const path = join(folder, 'lock')
    await createLock(path).hold(async () => {
      expect(await codeOf(createLock(path, 30).hold(async () => undefined))).toBe('BUSY')
    })
    const lock = createLock(path, 30)
    await expect(lock.hold(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await lock.hold(async () => 'free')).toBe('free')
  })

  it('takes over from a process that was killed', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: gone, started: '1' }))
    expect(await createLock(join(folder, 'lock')).hold(async () => 'mine')).toBe('mine')
  })
})
