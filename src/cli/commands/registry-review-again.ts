import type { Command } from 'commander'
import type { Casefile } from '../../engine/registry-client/staff-calls.ts'
import { SkilletError } from '../../shared/errors.ts'
import { casefileLines, findingNamed } from '../casefile-lines.ts'
import type { Cli } from '../context.ts'
import { registryClient } from '../registry-access.ts'

/** What has a submission looked at once more, and what counts then: rescan, set-aside, count-again, appeal, answer. */
export function addReviewAgain(review: Command, cli: Cli): void {
  const tell = (file: Casefile) => {
    cli.output.document(file)
    for (const line of casefileLines(file)) cli.output.line(line)
  }

  review
    .command('rescan')
    .description("check it anew, with today's rules and without what was set aside")
    .argument('<id>')
    .action(async (id: string) => {
      const client = await registryClient(cli)
      await client.scanAgain(id)
      tell(await client.atRest(id))
    })

  review
    .command('set-aside')
    .description('have a finding count for nothing, for this skill and from the next check')
    .argument('<id>')
    .argument('<finding>', 'its number, or how that begins, as review show says it')
    .requiredOption('--reason <text>', 'what everybody is told')
    .action(async (id: string, start: string, { reason }: { reason: string }) => {
      const client = await registryClient(cli)
      const made = await client.setAside(id, findingNamed(await client.casefile(id), start), reason)
      cli.output.document(made)
      cli.output.line(`Set aside as ${made.id}. It counts no more from the next check on.`)
      cli.output.note(`Check it now: skillet registry review rescan ${id}`)
    })

  review
    .command('count-again')
    .description('have a finding that was set aside count again')
    .argument('<number>', 'as review show says it')
    .action(async (id: string) => {
      await (await registryClient(cli)).liftSuppression(id)
      cli.output.document({ id })
      cli.output.line('It counts again from the next check on.')
    })

  review
    .command('appeal')
    .description('object to a refusal of your own submission')
    .argument('<id>')
    .requiredOption('--reason <text>', 'what the reviewers should know')
    .action(async (id: string, { reason }: { reason: string }) => {
      await (await registryClient(cli)).appeal(id, reason)
      cli.output.document({ id })
      cli.output.line('A reviewer answers; you find it in the console.')
    })

  review
    .command('answer')
    .description('answer an objection')
    .argument('<id>')
    .option('--grant', 'check it anew and put it before the reviewers again')
    .option('--refuse', 'leave it as it is')
    .requiredOption('--comment <text>', 'what the publisher is told')
    .action(async (id: string, flags: { grant?: true; refuse?: true; comment: string }) => {
      if ((flags.grant === true) === (flags.refuse === true))
        throw new SkilletError('USAGE', 'Say one of --grant and --refuse.')
      const client = await registryClient(cli)
      await client.answerAppeal(id, flags.comment, flags.grant === true)
      tell(await client.atRest(id))
    })
}
