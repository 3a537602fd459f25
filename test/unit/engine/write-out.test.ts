import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { toWriteError, writeOut } from '../../../src/engine/write-out.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-out-'))
  file = join(folder, 'skill.skillet')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('takes the place of what was there, whole', async () => {
  await writeFile(file, 'old')
  async function* later() {
    yield bytes(' and')
    yield bytes(' b')
  }
  await writeOut(file, [[bytes('a')], later()])
  expect(await readFile(file, 'utf8')).toBe('a and b')
  expect(await readdir(folder)).toEqual(['skill.skillet'])
})

it('leaves what was there, and nothing half written, where its content ends in an error', async () => {
  await writeFile(file, 'old')
  const broken = new Error('the connection was closed')
  async function* half() {
    yield bytes('new')
    throw broken
  }
  await expect(writeOut(file, [half()])).rejects.toBe(broken)
  expect(await readFile(file, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['skill.skillet'])
})

it('says which file can’t be written', async () => {
  for (const nowhere of [join(folder, 'missing', 'x.skillet'), join(file, 'x.skillet'), folder]) {
    await writeFile(file, 'a file, no folder')
    await expect(writeOut(nowhere, [[bytes('x')]])).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      message: `${nowhere} can't be written.`,
      remedy: 'Choose a folder that is there and that you may write to.',
    })
  }
})

it('tells a full disk from a folder that may not be written to', () => {
  const refusal = (code: string) =>
    toWriteError(file, Object.assign(new Error(code), { code, syscall: 'write' }))
  expect(refusal('ENOSPC')).toMatchObject({ code: 'NO_SPACE' })
  // Not Skillet's own folder, of which the words for the same refusal elsewhere speak.
  expect(refusal('EACCES')).toMatchObject({ code: 'NOT_WRITABLE', message: `${file} can't be written.` })
})
