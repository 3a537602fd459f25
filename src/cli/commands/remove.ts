import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'

/** `skillet remove SLUG`: into Skillet's trash, from where it can be brought back. */
export function addRemove(program: Command, cli: Cli): void {
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
      cli.output.note(`For 30 days it can be brought back: skillet trash restore ${slug}`)
    })
}
