import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { InstalledSkill } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import { assertNotRoot, type Cli } from '../context.ts'
import { decide } from '../decide.ts'
import { collect } from '../grant-flags.ts'
import { parseInputFlags } from '../input-flags.ts'
import { warnOnHold } from '../on-hold-lines.ts'
import { reportRun } from '../run-report.ts'

/** `skillet run SLUG [--input KEY=VALUE]… [-- ARG…]`: runs an installed skill in the sandbox. */
export function addRun(program: Command, cli: Cli): void {
  program
    .command('run')
    .description('run an installed skill in the sandbox')
    .argument('<slug>')
    .usage('<slug> [options] [-- args...]')
    .option('--input <key=value>', "a value for one of the skill's inputs (repeatable)", collect, [])
    .action(async (slug: string, options: { input: string[] }) => {
      assertNotRoot(cli)
      const engine = await cli.engine()
      const skill = (await engine.installed()).find((installed) => installed.slug === slug)
      if (skill === undefined)
        throw new SkilletError('NOT_INSTALLED', `${slug} is not installed.`, {
          remedy: `Install it first: skillet install ${slug}`,
        })
      warnOnHold(cli.output, [skill])
      // One that was withdrawn is refused by the engine, whatever it is given: that comes before a wrong input.
      const inputs = skill.withdrawn === null ? parseInputFlags(skill.manifest, options.input) : {}
      if (skill.withdrawn === null && cli.canAsk) await askFirst(cli, engine, skill)
      const result = await engine.run(
        { slug, inputs, args: cli.skillArgs },
        { onOutput: (to, text) => cli.output.stream(to, text), signal: cli.signal },
      )
      // The document's form is what other programs rely on: it says more only where there is more to say.
      reportRun(cli, result, skill.onHold === null ? {} : { onHold: skill.onHold })
    })
}

/** Whatever has no answer, or one that is used up, is asked here. A denial stands: nobody is asked until they say yes. */
async function askFirst(cli: Cli, engine: Engine, { slug, title }: InstalledSkill): Promise<void> {
  const open = (await engine.asks(slug)).filter(({ decided }) => decided === null)
  if (open.length === 0) return
  const answers = await decide(cli, title, open, { granted: {}, grantDeclared: false, life: 'always' })
  await engine.decide(slug, answers, 'cli')
}
