import { basename, resolve } from 'node:path'
import type { LintReport } from '../shared/finding.ts'
import { createBoundedLint } from './bounded-lint.ts'
import { completeFindings } from './complete.ts'
import type { LintOptions } from './lint.ts'
import { readSkillFolder } from './read-folder.ts'
import { toReport } from './report.ts'

// Apart from the rules themselves: they bring native parsers, and the window's process only ever has the thread do it.

/** All the rules, in a thread of its own, which is ended when it takes too long. */
export const lintWithin = createBoundedLint()

/** Lints a folder. Its name must be the slug where the skill brings a skill.toml. Throws NOT_FOUND. */
export async function lintFolder(
  dir: string,
  options: Omit<LintOptions, 'folder'> = {},
): Promise<LintReport> {
  const { files, findings } = await readSkillFolder(dir)
  const report = await lintWithin(dir, files, { ...options, folder: basename(resolve(dir)) })
  return toReport(dir, [...completeFindings(findings, []), ...report.findings])
}
