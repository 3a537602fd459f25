import type { Command } from 'commander'
import { parseSkillRef, type Cli } from '../context.ts'
import { detailLines } from '../skill-lines.ts'

/** `skillet show SLUG[@VERSION]`: everything that a person should know before installing. */
export function addShow(program: Command, cli: Cli): void {
  program
    .command('show')
    .description('show one skill: what it does, may do and needs, and who made it')
    .argument('<slug[@version]>')
    .action(async (ref: string) => {
      const { slug, version } = parseSkillRef(ref)
      const detail = await (await cli.engine()).show(slug, version)
      cli.output.document(detail)
      for (const line of detailLines(detail)) cli.output.line(line)
    })
}
