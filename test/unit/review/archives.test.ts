import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintArchive } from '../../../src/review/lint.ts'

const folder = join(import.meta.dirname, '../../fixtures/archives')
const cases = (await readFile(join(folder, 'index.tsv'), 'utf8'))
  .split(/\r?\n/)
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => line.split('\t'))
  .filter(([, , , expected]) => expected === 'reject')

describe('archives that must not be unpacked', () => {
  it.each(cases.map(([file, , attempt]) => [file!, attempt!]))('%s fails the linter: %s', async (file) => {
    const report = await lintArchive(join(folder, file), { purpose: 'publish' })
    expect(report.verdict).toBe('fail')
    expect(report.findings[0]?.rule).toMatch(/^archive\//)
  })
})
