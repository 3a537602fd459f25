import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { circumstancesOf, createProvedBefore } from '../../../../src/engine/sandbox/proved-before.ts'

const folder = mkdtempSync(join(tmpdir(), 'skillet-proved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a good answer counts under the same circumstances, for the same sandbox, until it is doubted', async () => {
  const file = join(folder, 'cache', 'sandbox.json')
  const proved = createProvedBefore(file)
  expect(await proved.recall('bubblewrap', 'a')).toBe(null)
  await proved.keep('bubblewrap', 'a', 7)
  await proved.keep('firejail', 'b', 0)
  const later = createProvedBefore(file)
  expect(await later.recall('bubblewrap', 'a')).toBe(7)
  expect(await later.recall('firejail', 'b')).toBe(0)
  expect(await later.recall('bubblewrap', 'b')).toBe(null)
  await later.forget()
  expect(await proved.recall('bubblewrap', 'a')).toBe(null)
})

test('a damaged file counts as none', async () => {
  const file = join(folder, 'damaged.json')
  for (const text of ['', '{', '[]', '{"bubblewrap":{"circumstances":1}}']) {
    writeFileSync(file, text)
    expect(await createProvedBefore(file).recall('bubblewrap', 'a')).toBe(null)
  }
})

test('another program file, another launcher or another test are other circumstances', async () => {
  const program = join(folder, 'program')
  const launcher = join(folder, 'launcher')
  copyFileSync('/bin/true', program)
  writeFileSync(launcher, 'one')
  const first = await circumstancesOf([program], launcher, 'test')
  expect(await circumstancesOf([program], launcher, 'test')).toBe(first)
  expect(await circumstancesOf([program], launcher, 'more tests')).not.toBe(first)
  writeFileSync(launcher, 'two')
  expect(await circumstancesOf([program], launcher, 'test')).not.toBe(first)
  writeFileSync(launcher, 'one')
  expect(await circumstancesOf([program], launcher, 'test')).toBe(first)
  appendFileSync(program, ' ')
  expect(await circumstancesOf([program], launcher, 'test')).not.toBe(first)
})
