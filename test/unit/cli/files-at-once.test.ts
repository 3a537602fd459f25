import * as fs from 'node:fs/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as FilesAtOnce from '../../../src/cli/files-at-once.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

type Files = typeof FilesAtOnce

const folder = mkdtempSync(join(tmpdir(), 'skillet-files-'))
let places = 0
let place = ''
let files: Files

async function filesOf(word: string): Promise<Files> {
  vi.resetModules()
  vi.stubGlobal('process', Object.assign(Object.create(process), { argv: ['node', 'index.cjs', word, 'x'] }))
  const loaded = await import('../../../src/cli/files-at-once.ts')
  vi.unstubAllGlobals()
  return loaded
}

beforeAll(async () => {
  files = await filesOf('install')
})
beforeEach(async () => {
  place = join(folder, String(places++))
  await fs.mkdir(place)
})
afterAll(() => rmSync(folder, { recursive: true }))

async function* pieces(...all: string[]) {
  for (const piece of all) yield Buffer.from(piece)
}

describe('a short command', () => {
  test('writes, renames, links and reads what Node reads', async () => {
    const at = (name: string) => join(place, name)
    await files.writeFile(at('a'), 'text', { mode: 0o600 })
    await files.writeFile(at('b'), pieces('one ', 'two'), { mode: 0o640 })
    await files.rename(at('a'), at('c'))
    await files.symlink('c', at('link'))
    await files.mkdir(at('d/e'), { recursive: true })

    expect(await fs.readFile(at('c'), 'utf8')).toBe('text')
    expect(await fs.readFile(at('b'), 'utf8')).toBe('one two')
    expect((await fs.stat(at('b'))).mode & 0o777).toBe(0o640)
    for (const options of [undefined, { withFileTypes: true } as const])
      expect(await files.readdir(place, options as never)).toEqual(await fs.readdir(place, options as never))
    expect(await files.readFile(at('c'))).toEqual(await fs.readFile(at('c')))
    expect(await files.readlink(at('link'))).toBe('c')
    expect((await files.lstat(at('link')))?.isSymbolicLink()).toBe(true)
    expect((await files.stat(at('link'), { bigint: true }))?.ino).toBe(
      (await fs.stat(at('c'), { bigint: true })).ino,
    )
    await files.symlink('c', at('d/e/link'))
    await files.writeFile(at('d/f'), 'text')
    await files.rm(at('d'), { recursive: true })
    await files.rm(at('d'), { force: true })
    await expect(fs.stat(at('d'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('an open file is what Node opens', async () => {
    const path = join(place, 'file')
    const file = await files.open(path, 'wx+', 0o600)
    await file.writeFile('hello')
    expect(await file.write(Buffer.from('-world-'), 1, 5, 5)).toMatchObject({ bytesWritten: 5 })
    await file.chmod(0o400)
    await file.sync()
    await file.datasync()
    const buffer = Buffer.alloc(16)
    expect(await file.read(buffer, 0, 16, 0)).toEqual({ bytesRead: 10, buffer })
    expect((await file.read(buffer, 0, 16, 10)).bytesRead).toBe(0)
    expect((await file.stat()).size).toBe(10)
    await file.truncate(4)
    await file.close()
    expect(await fs.readFile(path, 'utf8')).toBe('hell')
    expect((await fs.stat(path)).mode & 0o777).toBe(0o400)

    const reading = await files.open(path, 'r')
    expect(await reading.readFile('utf8')).toBe('hell')
    await reading.close()
  })

  test('fails as Node fails, and never before it is waited for', async () => {
    const nowhere = join(place, 'no', 'file')
    const works: [keyof Files, ...unknown[]][] = [
      ['readFile', nowhere],
      ['open', nowhere, 'r'],
      ['stat', nowhere],
      ['mkdir', nowhere],
      ['rename', nowhere, place],
      ['writeFile', nowhere, 'text'],
      ['writeFile', nowhere, pieces('text')],
      ['readdir', nowhere],
      ['mkdir', place],
      ['rm', nowhere],
      ['rm', nowhere, { recursive: true }],
      ['rm', place],
      ['rm', place, { force: true }],
    ]
    for (const [name, ...args] of works) {
      const failed = async (of: unknown) =>
        (of as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]!(...args).then(
          () => null,
          ({ code, syscall }: NodeJS.ErrnoException) => ({ code, syscall }),
        )
      expect(await failed(files), `${name} ${args.join()}`).toEqual(await failed(fs))
    }
  })

  test('a write that was called off stops', async () => {
    const stop = new AbortController()
    async function* endless() {
      for (;;) {
        yield Buffer.from('.')
        stop.abort()
      }
    }
    const work = files.writeFile(join(place, 'file'), endless(), { signal: stop.signal })
    await expect(work).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('leaves others their turn', async () => {
    let turns = 0
    const turn = setInterval(() => turns++, 1)
    const end = performance.now() + 60
    while (performance.now() < end) await files.stat(place)
    clearInterval(turn)
    expect(turns).toBeGreaterThan(0)
  })
})

test.each(['registry', 'run', 'try', 'pack'])('%s waits as Node does', async (word) => {
  const { readFile, open } = await filesOf(word)
  expect(readFile).toBe(fs.readFile)
  expect(open).toBe(fs.open)
})
