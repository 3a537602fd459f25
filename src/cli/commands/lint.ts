import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { lintFolder } from '../../review/lint-folder.ts'
import { lintArchive } from '../../review/lint.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { LintReport } from '../../shared/finding.ts'
import type { Cli } from '../context.ts'

/** `skillet lint DIR|FILE.tgz…`: what a reviewer would object to. Exits 1 when any verdict is fail. */
export function addLint(program: Command, cli: Cli): void {
  program
    .command('lint')
    .description('check skills before publishing or using them')
    .argument('<paths...>', 'folders or archives')
    .action(async (paths: string[]) => {
      for (const path of paths) {
        const report = await lintPath(path)
        cli.output.document(report)
        for (const line of lintLines(report)) cli.output.line(line)
        if (report.verdict === 'fail') cli.exit(1)
      }
    })
}

/** Lints a folder or an archive. Throws NOT_FOUND where there is neither. */
export async function lintPath(path: string): Promise<LintReport> {
  let isFolder: boolean
  try {
    isFolder = (await stat(path)).isDirectory()
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `${path} can't be read.`, {
      remedy: 'Name a skill folder or a .tgz archive.',
      cause: error,
    })
  }
  const absolute = resolve(path)
  const report = await (isFolder ? lintFolder(absolute) : lintArchive(absolute))
  return { ...report, path }
}

/** A report in words. */
export function lintLines(report: LintReport): string[] {
  return [
    `${report.verdict.toUpperCase()}  ${report.path}`,
    ...report.findings.flatMap((finding) => [
      `  ${finding.severity}  ${finding.file}${finding.line === null ? '' : `:${finding.line}`}  ${finding.rule}`,
      ...(finding.snippet === null ? [] : [`    ${finding.snippet}`]),
      `    ${finding.message}`,
      ...(finding.why === '' ? [] : [`    Why: ${finding.why}`]),
      `    Fix: ${finding.fix}`,
    ]),
  ]
}
