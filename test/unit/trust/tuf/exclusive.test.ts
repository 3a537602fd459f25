import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exclusively } from '../../../../src/trust/tuf/exclusive.ts'

let folder: string
let lock: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillet-lock-'))
  lock = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const done = () => 'done'

describe('exclusively', () => {
  it('runs one section at a time and leaves nothing behind, also after a throw', async () => {
    expect(await exclusively(lock, done)).toBe('done')
    const failing = exclusively(lock, () => {
      expect(existsSync(lock)).toBe(true)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(existsSync(lock)).toBe(false)
  })

  it('waits for a holder that is alive', async () => {
    writeFileSync(lock, String(process.pid))
    let released = false
    setTimeout(() => {
      released = true
      rmSync(lock)
    }, 150)
    await exclusively(lock, () => expect(released).toBe(true))
  })

  it('takes away what a killed process left', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(lock, String(pid))
    expect(await exclusively(lock, done)).toBe('done')
  })

  it('takes away what a power cut left, which names nobody', async () => {
    writeFileSync(lock, '')
    expect(await exclusively(lock, done)).toBe('done')
    expect(existsSync(lock)).toBe(false)
  }, 10_000)

  it('lets many in, one after another, when all find a lock of the dead', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(lock, String(pid))
    let entered = 0
    await Promise.all(Array.from({ length: 20 }, () => exclusively(lock, () => entered++)))
    expect(entered).toBe(20)
  })
})
