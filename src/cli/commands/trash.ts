import type { Command } from 'commander'
import type { Engine } from '../../engine/api.ts'
import type { TrashedSkill } from '../../shared/contract/library.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Cli } from '../context.ts'
import { table } from '../output.ts'
import { askYesNo } from '../prompt.ts'

/** `skillet trash list|restore|empty`: removed skills, which are kept for 30 days. */
export function addTrash(program: Command, cli: Cli): void {
  const trash = program.command('trash').description('removed skills: see them, bring them back, delete them')

  trash
    .command('list')
    .description('list the removed skills, newest first')
    .action(async () => {
      const all = await (await cli.engine()).trash()
      cli.output.document({ trash: all })
      const rows = all.map((one) => [
        one.slug,
        one.version,
        one.title,
        `removed ${one.removedAt}`,
        `kept until ${one.keptUntil}`,
        one.undoId,
      ])
      for (const line of table(rows)) cli.output.line(line)
      if (all.length === 0) cli.output.line('The trash is empty.')
    })

  trash
    .command('restore')
    .description('bring a removed skill back, with what it kept and was allowed')
    .argument('<slug or id>', 'of several with one name, the one removed last')
    .action(async (which: string) => {
      const engine = await cli.engine()
      const { undoId } = await inTrash(engine, which)
      const { slug } = await engine.restore(undoId)
      cli.output.document({ slug, undoId })
      cli.output.line(`${slug} is back.`)
    })

  trash
    .command('empty')
    .description('delete removed skills for good')
    .argument('[slug or id]', 'only this one; all when left out')
    .option('--yes', "don't ask")
    .action(async (which: string | undefined, flags: { yes?: boolean }) => {
      const engine = await cli.engine()
      const doomed = which === undefined ? await engine.trash() : [await inTrash(engine, which)]
      if (flags.yes !== true && doomed.length > 0) {
        if (!cli.canAsk)
          throw new SkilletError('USAGE', 'Without a terminal nobody can be asked.', {
            remedy: 'To delete for good without being asked: --yes',
          })
        const what = doomed.map(({ title, version }) => `${title} ${version}`).join(', ')
        if (!(await askYesNo(cli, `Delete for good: ${what}?`)))
          throw new SkilletError('CANCELLED', 'Nothing was deleted.')
      }
      // One by one: what was removed while the person was thinking isn't in the answer.
      for (const { undoId } of doomed) await engine.emptyTrash(undoId)
      cli.output.document({ deleted: doomed.map(({ slug, version, undoId }) => ({ slug, version, undoId })) })
      cli.output.line(doomed.length === 0 ? 'The trash is empty.' : `Deleted ${doomed.length}.`)
    })
}

async function inTrash(engine: Engine, which: string): Promise<TrashedSkill> {
  const all = await engine.trash()
  const found = all.find(({ undoId }) => undoId === which) ?? all.find(({ slug }) => slug === which)
  if (found !== undefined) return found
  throw new SkilletError('NOT_FOUND', `${which} is not in the trash.`, {
    remedy: 'See what is: skillet trash list',
  })
}
