import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintFolder } from '../../../src/review/lint-folder.ts'

const skillsDir = join(import.meta.dirname, '../../../skills')
const folders = (await readdir(skillsDir, { withFileTypes: true })).filter((entry) => entry.isDirectory())

describe('the demo skills', () => {
  it.each(folders.map((folder) => folder.name))('%s passes the linter that publishing uses', async (name) => {
    const report = await lintFolder(join(skillsDir, name), { purpose: 'publish' })
    expect(report.findings.filter(({ severity }) => severity === 'high' || severity === 'critical')).toEqual(
      [],
    )
  })
})
