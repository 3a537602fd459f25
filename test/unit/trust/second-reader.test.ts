import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { chunksOf, type ArchiveEntry } from '../../../src/trust/archive.ts'
import { assertReadTheSame } from '../../../src/trust/second-reader.ts'
import { tarBytes } from '../../../src/trust/tar-bytes.ts'
import { codeOf } from './code.ts'

const entry = (path: string, text: string): ArchiveEntry => {
  const content = new Uint8Array(Buffer.from(text))
  return { path, content, size: content.length, executable: false }
}
const files = [entry('SKILL.md', 'hello'), entry('empty', ''), entry('a/b.txt', 'x'.repeat(2000))]
const packed = gzipSync(tarBytes(files))
const verdict = (expected: ArchiveEntry[], bytes: Uint8Array = packed) =>
  codeOf(assertReadTheSame(chunksOf(bytes), expected))

describe('assertReadTheSame', () => {
  it('is content when the other program finds the same', async () => {
    expect(await verdict(files)).toBe('returned')
  })

  it.each([
    ['a file less', files.slice(0, 2)],
    ['a file more', [...files, entry('more', 'x')]],
    ['another order', [files[1]!, files[0]!, files[2]!]],
    ['another name', [entry('SKILL2.md', 'hello'), ...files.slice(1)]],
    ['another size', [{ ...files[0]!, size: 4 }, ...files.slice(1)]],
    ['other content of the same size', [entry('SKILL.md', 'hellp'), ...files.slice(1)]],
    ['no file', []],
  ])('refuses when it expects %s', async (_, expected) => {
    expect(await verdict(expected)).toBe('ARCHIVE_UNSAFE')
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['no archive', new Uint8Array(Buffer.from('hello'))],
    ['half an archive', packed.subarray(0, packed.length >> 1)],
  ])('refuses %s', async (_, bytes) => {
    expect(await verdict(files, bytes)).toBe('ARCHIVE_UNSAFE')
  })
})
