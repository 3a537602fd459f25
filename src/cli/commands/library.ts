import type { Command } from 'commander'
import { exitStatusOf, SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'

/** `skillet list`, `remove SLUG` and `verify [SLUG]`. */
export function addLibraryCommands(program: Command, cli: Cli): void {
  program
    .command('list')
    .description('list the installed skills')
    .action(async () => {
      const skills = await (await cli.engine()).installed()
      cli.output.document({ skills })
      for (const line of table(skills.map((skill) => [skill.slug, skill.version, skill.title])))
        cli.output.line(line)
      if (skills.length === 0) cli.output.line('No skill is installed.')
    })

  program
    .command('remove')
    .description("move a skill and what it kept to Skillet's trash")
    .argument('<slug>')
    .action(async (slug: string) => {
      const { undoId } = await (await cli.engine()).remove(slug).catch((error: unknown) => {
        // Whoever removes a skill doesn't want to install it first.
        if (error instanceof SkilletError && error.code === 'NOT_INSTALLED')
          throw new SkilletError(error.code, error.message, {
            remedy: 'See what is installed: skillet list',
            cause: error,
          })
        throw error
      })
      cli.output.document({ slug, undoId })
      cli.output.line(`Removed ${slug}.`)
    })

  program
    .command('verify')
    .description('check the files of installed skills against what was signed')
    .argument('[slug]')
    .action(async (slug: string | undefined) => {
      const report = await (await cli.engine()).verify(slug)
      cli.output.document(report)
      for (const skill of report.skills) {
        cli.output.line(`${skill.slug} ${skill.version}  ${skill.ok ? 'as signed' : 'NOT as signed'}`)
        for (const path of skill.changed) cli.output.line(`  changed ${path}`)
        for (const path of skill.missing) cli.output.line(`  missing ${path}`)
        for (const path of skill.extra) cli.output.line(`  extra   ${path}`)
      }
      if (report.skills.length === 0) cli.output.line('No skill is installed.')
      if (!report.ok) {
        cli.output.note('Install a skill again to restore its files.')
        cli.exit(exitStatusOf('INTEGRITY_BROKEN'))
      }
    })
}
