import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isBinary } from '../../../../src/engine/probe/binary.ts'
import { createProgramFinder } from '../../../../src/engine/probe/programs.ts'

let base: string
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'skillet-programs-')))
  for (const folder of ['shims', 'first', 'second', 'system']) await mkdir(join(base, folder))
})
afterEach(() => rm(base, { recursive: true, force: true }))

const at = (...parts: string[]) => join(base, ...parts)
const shim = (path: string) => writeFile(path, '#!/bin/sh\nexec real "$@"\n', { mode: 0o755 })
const binary = async (path: string) => {
  await writeFile(
    path,
    Buffer.concat([Buffer.from('7f454c4602010100', 'hex'), Buffer.alloc(8), Buffer.from([3, 0, 62, 0])]),
  )
  await chmod(path, 0o755)
}
const finder = (...folders: string[]) =>
  createProgramFinder({ path: () => folders.join(delimiter), extraFolders: [at('system')], cacheMs: 0 })

describe('createProgramFinder', () => {
  it('passes over a shim, and takes the next on PATH before the system', async () => {
    await shim(at('shims', 'tool'))
    await binary(at('second', 'tool'))
    await binary(at('system', 'tool'))
    expect(await finder(at('shims'), at('second'))('tool')).toBe(at('second', 'tool'))
    expect(await finder(at('shims'))('tool')).toBe(at('system', 'tool'))
  })

  it('follows links to the real file', async () => {
    await binary(at('system', 'tool-1.2'))
    await symlink(at('system', 'tool-1.2'), at('first', 'tool'))
    expect(await finder(at('first'))('tool')).toBe(at('system', 'tool-1.2'))
  })

  it('finds nothing that it could not start', async () => {
    await binary(at('first', 'not-executable'))
    await chmod(at('first', 'not-executable'), 0o644)
    await mkdir(at('first', 'folder'))
    await symlink(at('gone'), at('first', 'dangling'))
    await writeFile(at('first', 'empty'), '', { mode: 0o755 })
    for (const name of ['not-executable', 'folder', 'dangling', 'empty', 'missing'])
      expect(await finder(at('first'))(name)).toBeNull()
  })

  it('takes names only, never paths, and no relative folder of PATH', async () => {
    await binary(at('first', 'tool'))
    for (const name of [at('first', 'tool'), '../first/tool', './tool', '', '-x', 'a\0b'])
      expect(await finder(at('second'))(name)).toBeNull()
    expect(await finder('.', '')('package.json')).toBeNull()
  })

  it('keeps an answer for a while, and looks again when PATH changes', async () => {
    let path = at('first')
    let time = 0
    const find = createProgramFinder({ path: () => path, extraFolders: [], cacheMs: 100, now: () => time })
    expect(await find('tool')).toBeNull()
    await binary(at('first', 'tool'))
    expect(await find('tool')).toBeNull()
    path = `${at('second')}${delimiter}${at('first')}`
    expect(await find('tool')).toBe(at('first', 'tool'))
    path = at('first')
    time = 101
    expect(await find('tool')).toBe(at('first', 'tool'))
  })
})

describe('isBinary', () => {
  const start = (hex: string) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(64)])
  it.each([
    ['Mach-O, 64-bit', 'cffaedfe0c000001'],
    ['a universal binary', 'cafebabe00000002'],
    ['PE', '4d5a900003000000'],
  ])('knows %s', (_, hex) => expect(isBinary(start(hex))).toBe(true))
  it.each([
    ['a Java class', 'cafebabe00000041'],
    ['an object file', '7f454c46020101000000000000000000010000'],
    ['a script', Buffer.from('#!/bin/sh').toString('hex')],
  ])('does not take %s for a program', (_, hex) => expect(isBinary(start(hex))).toBe(false))
  it('needs more than two bytes', () => expect(isBinary(Buffer.from('MZ'))).toBe(false))
})

it('finds this test’s own interpreter by copy', async () => {
  await copyFile(process.execPath, at('first', 'node-copy'))
  expect(await finder(at('first'))('node-copy')).toBe(at('first', 'node-copy'))
})
