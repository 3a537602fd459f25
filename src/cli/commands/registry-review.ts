import type { Command } from 'commander'
import { SkilletError } from '../../shared/errors.ts'
import { endWith, type Cli } from '../context.ts'
import { table } from '../output.ts'
import { registryClient } from '../registry-access.ts'
import { lintLines } from './lint.ts'

/** `skillet registry review list|show|approve|reject`, with a reviewer's key. */
export function addRegistryReview(registry: Command, cli: Cli): void {
  const review = registry.command('review').description('decide over submitted skills')

  review
    .command('list')
    .description('list the submissions')
    .action(async () => {
      const submissions = await registryClient(cli).submissions()
      cli.output.document({ submissions })
      const rows = submissions.map((one) => [one.id, one.slug ?? '?', one.version ?? '?', one.state])
      for (const line of table(rows)) cli.output.line(line)
      if (submissions.length === 0) cli.output.line('Nothing has been submitted.')
    })

  review
    .command('show')
    .description('show one submission and what the check found')
    .argument('<id>')
    .action(async (id: string) => {
      const submission = await registryClient(cli).submission(id)
      cli.output.document(submission)
      cli.output.line(`${submission.slug ?? '?'} ${submission.version ?? '?'}: ${submission.state}`)
      const { verdict, findings } = submission
      if (verdict !== null)
        for (const line of lintLines({ path: submission.slug ?? id, verdict, findings }))
          cli.output.line(line)
      if (submission.comment !== null) cli.output.line(`Comment: ${submission.comment}`)
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
        const submission = await registryClient(cli)[verb](id, flags.comment)
        cli.output.document(submission)
        cli.output.line(`${past} ${id}: ${submission.state.replace('_', ' ')}.`)
        if (submission.missing > 0) cli.output.note('Somebody else must approve it too: it asks for much.')
        if (submission.state === 'rejected' && verb === 'approve')
          endWith(
            cli,
            new SkilletError('PUBLISH_REJECTED', submission.comment ?? 'It could not be published.'),
          )
      })
}
