import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { categories } from '../../shared/skill-manifest.ts'
import type { Cli } from '../context.ts'
import { parseCount } from '../count-flag.ts'
import { summaryLines } from '../skill-lines.ts'

/** `skillet search TEXT`: the catalog, best match first. */
export function addSearch(program: Command, cli: Cli): void {
  program
    .command('search')
    .description('find skills')
    .argument('[text...]', 'words to look for; none lists everything')
    .option('--category <name>', `one of ${categories.join(', ')}`)
    .option('--fits', 'only skills that fit this computer')
    .option('--limit <n>', 'how many, best first', '60')
    .action(async (words: string[], options: { category?: string; fits?: boolean; limit: string }) => {
      const category = options.category ?? null
      if (category !== null && !(categories as readonly string[]).includes(category))
        throw new SkilletError('USAGE', `There is no category named ${category}.`, {
          remedy: `Use one of ${categories.join(', ')}.`,
        })
      const limit = parseCount('--limit', options.limit)
      const engine = await cli.engine()
      const found = await engine.search({
        text: words.join(' '),
        category,
        fitsOnly: options.fits === true,
        limit,
      })
      cli.output.document(found)
      for (const skill of found.skills) for (const line of summaryLines(skill)) cli.output.line(line)
      if (found.total === 0) cli.output.line('No skill matches.')
      else if (found.total > found.skills.length)
        cli.output.note(`${found.skills.length} of ${found.total}; --limit shows more.`)
    })
}
