import { mkdtemp, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from '../../../../src/engine/audit/file-lock.ts'

let dir: string
let lock: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'skillet-lock-'))
  lock = join(dir, 'lock')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('withFileLock', () => {
  it('lets one in at a time, where without it changes get lost', async () => {
    const counter = join(dir, 'counter')
    const increment = async () => {
      const value = Number(await readFile(counter, 'utf8'))
      await new Promise((resolve) => setTimeout(resolve, 1))
      await writeFile(counter, String(value + 1))
    }
    await writeFile(counter, '0')
    await Promise.all(Array.from({ length: 10 }, increment))
    expect(Number(await readFile(counter, 'utf8'))).toBeLessThan(10)

    await writeFile(counter, '0')
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(lock, increment)))
    expect(await readFile(counter, 'utf8')).toBe('10')
    expect(await readdir(dir)).toEqual(['counter'])
  })

  it('is given back when the work fails', async () => {
    await expect(withFileLock(lock, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await withFileLock(lock, () => Promise.resolve(1))).toBe(1)
  })

  it('gives up with BUSY while somebody else lives and holds it', async () => {
    await withFileLock(lock, async () => {
      await expect(withFileLock(lock, () => Promise.resolve(1), 50)).rejects.toMatchObject({ code: 'BUSY' })
    })
  })

  it('takes a lock that names nobody once it is old, also where the clock was set back', async () => {
    for (const text of ['', '{"pid"'])
      for (const minutes of [-2, 2]) {
        await writeFile(lock, text)
        await expect(withFileLock(lock, () => Promise.resolve(1), 50)).rejects.toMatchObject({ code: 'BUSY' })
        const at = new Date(Date.now() + minutes * 60_000)
        await utimes(lock, at, at)
        expect(await withFileLock(lock, () => Promise.resolve(1), 500)).toBe(1)
      }
  })

  it('gives up with BUSY while somebody else seems to be clearing', async () => {
    await writeFile(lock, JSON.stringify({ pid: 2 ** 30, started: '1' }))
    await writeFile(`${lock}.clearing`, '')
    await expect(withFileLock(lock, () => Promise.resolve(1), 50)).rejects.toMatchObject({ code: 'BUSY' })
  })

  it('takes up what a process left that was killed while it cleared', async () => {
    const dead = JSON.stringify({ pid: 2 ** 30, started: '1' })
    await symlink(dead, lock)
    await symlink(dead, `${lock}.clearing`)
    expect(await withFileLock(lock, () => Promise.resolve(1), 500)).toBe(1)
    expect(await readdir(dir)).toEqual([])
  })

  it("leaves another's lock alone at the end", async () => {
    await withFileLock(lock, async () => {
      await rm(lock)
      await writeFile(lock, 'not mine')
    })
    expect(await readFile(lock, 'utf8')).toBe('not mine')
  })

  it.runIf(process.platform === 'linux')('knows a process number that was used again', async () => {
    const holder = JSON.stringify({ pid: process.pid, started: 'long ago' })
    await writeFile(lock, holder)
    expect(await withFileLock(lock, () => Promise.resolve(1), 500)).toBe(1)
    await symlink(holder, lock)
    expect(await withFileLock(lock, () => Promise.resolve(1), 500)).toBe(1)
  })

  it.runIf(process.platform === 'linux')(
    'waits for a holder that may live in another container or on another computer, not for one before a restart',
    async () => {
      const mine = await withFileLock(lock, async () => JSON.parse(await readlink(lock)) as object)
      const dead = { ...mine, pid: 2 ** 30, started: '1' }
      const take = async (holder: object) => {
        await symlink(JSON.stringify(holder), lock)
        return withFileLock(lock, () => Promise.resolve('taken'), 50).catch(async (error: unknown) => {
          await rm(lock)
          return (error as { code: string }).code
        })
      }
      expect(await take(dead)).toBe('taken')
      expect(await take({ ...dead, host: 'renamed' })).toBe('taken')
      expect(await take({ ...dead, pids: 'pid:[1]' })).toBe('BUSY')
      expect(await take({ ...dead, boot: 'another' })).toBe('taken')
      expect(await take({ ...dead, boot: 'another', host: 'another' })).toBe('BUSY')
      expect(await take({ ...dead, boot: undefined, host: 'another' })).toBe('BUSY')
    },
  )

  it('says who holds it', async () => {
    const { pid } = await withFileLock(lock, async () => JSON.parse(await readlink(lock)) as { pid: number })
    expect(pid).toBe(process.pid)
  })
})
