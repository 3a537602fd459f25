import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { versionSchema } from '../../shared/identifiers.ts'
import { parseSkillRef, type Cli } from '../context.ts'
import { withProgress } from '../progress.ts'

/** `skillet rollback SLUG[@VERSION]`: back to a version that is kept, with the permissions that it had. */
export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .description('go back to an earlier version that is still kept, with the permissions it had')
    .argument('<slug[@version]>', 'without a version, the one before')
    .option('--to <version>', 'the version to go back to')
    .action(async (ref: string, flags: { to?: string }) => {
      const { slug, version } = parseSkillRef(ref)
      if (version !== undefined && flags.to !== undefined && version !== flags.to)
        throw new SkilletError('USAGE', 'Two versions are named.', { remedy: 'Name the version once.' })
      const to = version ?? flags.to
      if (to !== undefined && !versionSchema.safeParse(to).success)
        throw new SkilletError('USAGE', `${to} is not a version.`, {
          remedy: 'Write the whole version, such as 1.2.0.',
        })
      const engine = await cli.engine()
      const now = await withProgress(cli, 'Going back', () => engine.rollback(slug, to, 'cli'))
      cli.output.document(now)
      cli.output.line(`${now.slug} is at ${now.version} again, with the permissions it had.`)
      cli.output.note(`The next update brings the newer version back; to stay here: skillet pin ${now.slug}`)
    })
}
