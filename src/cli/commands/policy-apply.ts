import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { endWith, type Cli } from '../context.ts'
import { withProgress } from '../progress.ts'

/** `skillet policy apply`: installs what administrators ask for and isn't here. The window does so when it opens. */
export function addPolicyApply(policy: Command, cli: Cli): void {
  policy
    .command('apply')
    .description('install the skills that your administrator asks for')
    .action(async () => {
      const engine = await cli.engine()
      const skills = await withProgress(cli, 'Installing', (progress) =>
        engine.preinstall({
          signal: cli.signal,
          onNews: ({ state, title, fraction }) => {
            if (state === 'installing') progress.show(`Installing ${title}`, fraction ?? undefined)
          },
        }),
      )
      cli.output.document({ skills })
      if (skills.length === 0) cli.output.line('Everything that your administrator asks for is here.')
      for (const { title, state, problem } of skills)
        cli.output.line(
          state === 'installed' ? `${title} was installed.` : `${title} was not: ${problem?.message}`,
        )
      const failed = skills.find(({ problem }) => problem !== null)?.problem
      if (failed) endWith(cli, new SkilletError(failed.code, failed.message, { remedy: failed.remedy }))
    })
}
