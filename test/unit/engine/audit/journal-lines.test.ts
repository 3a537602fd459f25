import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readLines, readLinesFromEnd } from '../../../../src/engine/audit/journal-lines.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-lines-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const block = 64 * 1024
const cases: [string, string][] = [
  ['nothing', ''],
  ['a line break alone', '\n'],
  ['one line', 'a\n'],
  ['a cut line alone', 'a'],
  ['empty lines', 'a\n\n\nb\n'],
  ['a cut line behind whole ones', 'a\nb\nc'],
  ['a file of one block', `${'a'.repeat(block - 1)}\n`],
  ['a line break at the end of a block', `${'a'.repeat(block - 1)}\nb\n`],
  ['a line break at the beginning of a block', `${'a'.repeat(block)}\nb\n`],
  ['a line longer than several blocks', `a\n${'b'.repeat(3 * block)}\nc\n`],
  ['a cut line longer than several blocks', `a\n${'b'.repeat(3 * block)}`],
  ['letters that lie on both sides of a border', `x${'ü'.repeat(2 * block)}\n${'日'.repeat(block)}\n`],
  ['many lines', Array.from({ length: 9000 }, (_, at) => `${at} ${'é'.repeat(at % 97)}\n`).join('')],
]

it.each(cases)('reads %s from its beginning and from its end', async (_, text) => {
  const path = join(folder, 'lines')
  await writeFile(path, text)
  const whole = text.split('\n')
  const cut = whole.pop()
  const forward: string[] = []
  const torn: string[] = []
  for await (const part of readLines(path)) {
    forward.push(...part.lines)
    torn.push(part.torn)
  }
  expect(forward).toEqual(whole)
  expect(torn.join('')).toBe(cut)
  const backward: string[] = []
  for await (const lines of readLinesFromEnd(path)) backward.push(...lines)
  expect(backward).toEqual(whole.reverse())
})
