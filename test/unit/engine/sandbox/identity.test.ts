import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findPlace } from '../../../../src/engine/sandbox/identity.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'skillet-identity-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'file')
writeFileSync(file, 'x')

test('a link leads to one place, with its own path and identity', async () => {
  symlinkSync(file, join(folder, 'link'))
  const place = await findPlace(file)
  expect(place).toEqual({ source: file, identity: expect.stringMatching(/^\d+:\d+$/), kind: 'file' })
  expect(await findPlace(join(folder, 'link'))).toEqual(place)
})

test('a second name of a file is the same file, another file is not', async () => {
  linkSync(file, join(folder, 'second'))
  writeFileSync(join(folder, 'other'), 'x')
  const { identity } = await findPlace(file)
  expect((await findPlace(join(folder, 'second'))).identity).toBe(identity)
  expect((await findPlace(join(folder, 'other'))).identity).not.toBe(identity)
})

test('folders and anything else are told apart; a named pipe is not waited for', async () => {
  mkdirSync(join(folder, 'inner'))
  expect((await findPlace(join(folder, 'inner'))).kind).toBe('folder')
  if (process.platform === 'win32') return
  execFileSync('mkfifo', [join(folder, 'pipe')])
  expect((await findPlace(join(folder, 'pipe'))).kind).toBe('other')
})

test('what is not there is an error', async () => {
  await expect(findPlace(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
})
