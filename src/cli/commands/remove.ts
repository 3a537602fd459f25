import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { askYesNo } from '../prompt.ts'

/** `skillet remove SLUG`: into Skillet's trash, from where it can be brought back. */
export function addRemove(program: Command, cli: Cli): void {
  program
    .command('remove')
    .description("move a skill and what it kept to Skillet's trash")
    .argument('<slug>')
    .action(async (slug: string) => {
      const engine = await cli.engine()
      const { undoId, unusedKeys } = await engine.remove(slug).catch((error: unknown) => {
        // Whoever removes a skill doesn't want to install it first.
        if (error instanceof SkilletError && error.code === 'NOT_INSTALLED')
          throw new SkilletError(error.code, error.message, {
            remedy: 'See what is installed: skillet list',
            cause: error,
          })
        throw error
      })
      cli.output.document({ slug, undoId, unusedKeys })
      cli.output.line(`Removed ${slug}.`)
      cli.output.note(`For 30 days it can be brought back: skillet trash restore ${slug}`)
      for (const key of unusedKeys) {
        const words = key.skill === null ? key.name : `${key.name}, which was its own`
        if (cli.canAsk && (await askYesNo(cli, `No other skill uses the key ${words}. Erase it for good?`))) {
          await engine.removeSecret(key)
          cli.output.line(`Erased ${key.name}.`)
        } else {
          const of = key.skill === null ? '' : ` --skill ${key.skill}`
          cli.output.note(`The key ${words} is still stored: skillet secrets remove ${key.name}${of}`)
        }
      }
    })
}
