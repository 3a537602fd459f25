import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toSkilletError } from '../../../src/shared/errors.ts'
import { readArchiveEntries } from '../../../src/trust/archive.ts'

const folder = join(import.meta.dirname, '../../fixtures/archives')
const rows = readFileSync(join(folder, 'index.tsv'), 'utf8')
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file, , attempts, expected]) => ({ file: file!, attempts: attempts!, expected: expected! }))

const refusals = ['ARCHIVE_UNSAFE', 'TOO_LARGE']
const allowed: Record<string, string[]> = {
  accept: ['accept'],
  reject: refusals,
  either: ['accept', ...refusals],
}

describe('readArchive on the published set of hostile archives', () => {
  it('has a verdict for every fixture', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    expect(rows.map((row) => row.file).toSorted()).toEqual(files.toSorted())
  })

  it.each(rows)('$file ($attempts): $expected', async ({ file, expected }) => {
    const found = await readArchiveEntries(readFileSync(join(folder, file))).then(
      () => 'accept',
      (error: unknown) => toSkilletError(error).code,
    )
    expect(allowed[expected]).toContain(found)
  })
})
