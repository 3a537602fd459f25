import { resolve } from 'node:path'
import type { Command } from 'commander'
import { asksOf } from '../../shared/capability-words.ts'
import { assertNotRoot, type Cli } from '../context.ts'
import { decide } from '../decide.ts'
import { collect, parseGrantFlags, type GrantFlags } from '../grant-flags.ts'
import { parseInputFlags } from '../input-flags.ts'
import { reportRun } from '../run-report.ts'
import { readSkillToml } from '../skill-folder.ts'

/** `skillet try DIR`: a local folder in the sandbox, unverified, nothing kept. */
export function addTry(program: Command, cli: Cli): void {
  program
    .command('try')
    .description('run a skill from a local folder in the sandbox; nobody has verified it')
    .argument('<dir>')
    .usage('<dir> [options] [-- args...]')
    .option('--grant <capability[=scope]>', 'allow this for one run (repeatable)', collect, [])
    .option('--grant-declared', 'allow everything that the skill declares, for one run')
    .option('--input <key=value>', "a value for one of the skill's inputs (repeatable)", collect, [])
    .action(async (dir: string, options: { grant: string[]; grantDeclared?: boolean; input: string[] }) => {
      const granted = parseGrantFlags(options.grant)
      assertNotRoot(cli)
      const folder = resolve(dir)
      const manifest = await readSkillToml(folder)
      const inputs = parseInputFlags(manifest, options.input)
      cli.output.note(`Unverified: nobody has reviewed or signed ${folder}`)
      const decisions = await decide(cli, manifest.title, asksOf(manifest), {
        granted,
        grantDeclared: options.grantDeclared === true,
      })
      const allowed: GrantFlags = {}
      for (const ask of asksOf(manifest)) {
        const decision = decisions[ask.capability]
        if (decision?.decision === 'allow') allowed[ask.capability] = decision.scope ?? null
      }
      const result = await (
        await cli.engine()
      ).tryFolder(
        { folder, inputs, args: cli.skillArgs, granted: allowed },
        { onOutput: (to, text) => cli.output.stream(to, text), signal: cli.signal },
      )
      reportRun(cli, result)
    })
}
