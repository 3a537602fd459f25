import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { casefileLines } from '../casefile-lines.ts'
import { endWith, type Cli } from '../context.ts'
import { table } from '../output.ts'
import { registryClient } from '../registry-access.ts'
import { addReviewAgain } from './registry-review-again.ts'
import { addReviewTry } from './registry-review-try.ts'

/** `skillet registry review …`: a reviewer's work, with a reviewer's key. */
export function addRegistryReview(registry: Command, cli: Cli): void {
  const review = registry.command('review').description('decide over submitted skills')

  review
    .command('list')
    .description('list the submissions')
    .option('--appealed', 'those whose refusal the publisher objects to')
    .action(async ({ appealed }: { appealed?: true }) => {
      const client = await registryClient(cli)
      const submissions = await (appealed ? client.appealed() : client.submissions())
      cli.output.document({ submissions })
      const rows = submissions.map((one) => [one.id, one.slug ?? '?', one.version ?? '?', one.state])
      for (const line of table(rows)) cli.output.line(line)
      if (submissions.length === 0)
        cli.output.line(appealed ? 'Nobody objects to anything.' : 'Nothing has been submitted.')
    })

  review
    .command('show')
    .description('show one submission: what was found, decided, objected and set aside')
    .argument('<id>')
    .action(async (id: string) => {
      const file = await (await registryClient(cli)).casefile(id)
      cli.output.document(file)
      for (const line of casefileLines(file)) cli.output.line(line)
    })

  for (const [verb, description, past] of [
    ['approve', 'sign and publish it', 'Approved'],
    ['reject', 'send it back', 'Rejected'],
  ] as const)
    review
      .command(verb)
      .description(description)
      .argument('<id>')
      .requiredOption('--comment <text>', 'what you looked at and why')
      .action(async (id: string, flags: { comment: string }) => {
        const submission = await (await registryClient(cli))[verb](id, flags.comment)
        cli.output.document(submission)
        cli.output.line(`${past} ${id}: ${submission.state.replace('_', ' ')}.`)
        if (submission.missing > 0) cli.output.note('Somebody else must approve it too: it asks for much.')
        if (submission.state === 'rejected' && verb === 'approve')
          endWith(
            cli,
            new SkilletError('PUBLISH_REJECTED', submission.comment ?? 'It could not be published.'),
          )
      })

  addReviewAgain(review, cli)
  addReviewTry(review, cli)
}
