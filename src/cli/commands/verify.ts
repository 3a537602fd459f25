import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { VerifyReport } from '../../shared/contract/library.ts'
import { exitStatusOf } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { withProgress } from '../progress.ts'

type Checked = VerifyReport['skills'][number]
/** What was found, and where the edited copy lies now. */
type Repaired = Checked & { keptAt: string | null }

/** `skillet verify [SLUG] [--repair]`: the files on disk against what was signed. */
export function addVerify(program: Command, cli: Cli): void {
  program
    .command('verify')
    .description('check the files of installed skills against what was signed')
    .argument('[slug]', 'only this one; all when left out')
    .option('--repair', 'put back what was signed; your edited copy is kept aside')
    .action(async (slug: string | undefined, flags: { repair?: boolean }) => {
      const engine = await cli.engine()
      const found = await withProgress(cli, 'Checking files', () => engine.verify(slug))
      if (flags.repair !== true) {
        cli.output.document(found)
        for (const skill of found.skills) sayChecked(cli, skill)
        if (found.skills.length === 0) cli.output.line('No skill is installed.')
        if (!found.ok) {
          cli.output.note('To put back what was signed and keep the edited copy: skillet verify --repair')
          cli.exit(exitStatusOf('INTEGRITY_BROKEN'))
        }
        return
      }
      const repaired = await repairAll(cli, engine, found.skills)
      const after = repaired.length === 0 ? found : await engine.verify(slug)
      cli.output.document({ ...after, repaired })
      for (const skill of after.skills) {
        const was = repaired.find((one) => one.slug === skill.slug)
        if (was === undefined || !skill.ok) {
          sayChecked(cli, skill)
          continue
        }
        cli.output.line(`${skill.slug} ${skill.version}  repaired`)
        sayDifferences(cli, was)
        if (was.keptAt !== null) cli.output.line(`  The edited copy is in ${was.keptAt}`)
      }
      if (after.skills.length === 0) cli.output.line('No skill is installed.')
      if (!after.ok) cli.exit(exitStatusOf('INTEGRITY_BROKEN'))
    })
}

async function repairAll(cli: Cli, engine: Engine, skills: readonly Checked[]): Promise<Repaired[]> {
  const repaired: Repaired[] = []
  for (const skill of skills.filter(({ ok }) => !ok)) {
    const { keptAt } = await withProgress(cli, `Repairing ${skill.slug}`, () => engine.repair(skill.slug))
    repaired.push({ ...skill, keptAt })
  }
  return repaired
}

function sayChecked(cli: Cli, skill: Checked): void {
  cli.output.line(`${skill.slug} ${skill.version}  ${skill.ok ? 'as signed' : 'NOT as signed'}`)
  sayDifferences(cli, skill)
}

function sayDifferences(cli: Cli, skill: Checked): void {
  for (const path of skill.changed) cli.output.line(`  changed ${path}`)
  for (const path of skill.missing) cli.output.line(`  missing ${path}`)
  for (const path of skill.extra) cli.output.line(`  extra   ${path}`)
}
