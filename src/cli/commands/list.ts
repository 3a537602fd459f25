import type { Command } from 'commander'
import type { InstalledSkill } from '../../shared/contract/library.ts'
import type { Cli } from '../context.ts'
import { warnOnHold } from '../on-hold-lines.ts'
import { table } from '../output.ts'
import { withdrawnLines } from '../withdrawn-lines.ts'

/** `skillet list`: what is installed, what waits to be updated, what was withdrawn or is on hold. */
export function addList(program: Command, cli: Cli): void {
  program
    .command('list')
    .description('list the installed skills')
    .action(async () => {
      const skills = await (await cli.engine()).installed()
      cli.output.document({ skills })
      const rows = skills.map((skill) => [skill.slug, skill.version, skill.title, marksOf(skill)])
      for (const line of table(rows)) cli.output.line(line)
      if (skills.length === 0) cli.output.line('No skill is installed.')
      for (const skill of skills)
        if (skill.withdrawn !== null)
          for (const line of ['', ...withdrawnLines(skill, skill.withdrawn)]) cli.output.line(line)
      warnOnHold(cli.output, skills)
    })
}

function marksOf(skill: InstalledSkill): string {
  return [
    skill.withdrawn === null ? null : 'WITHDRAWN, cannot run',
    skill.onHold === null ? null : 'ON HOLD, reported as dangerous',
    skill.updateTo === null ? null : `update to ${skill.updateTo}`,
    skill.pinned ? 'stays at this version' : null,
    skill.kept.length === 0 ? null : `kept: ${skill.kept.map(({ version }) => version).join(', ')}`,
  ]
    .filter((mark) => mark !== null)
    .join('; ')
}
