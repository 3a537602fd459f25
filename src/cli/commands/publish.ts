import { resolve } from 'node:path'
import type { Command } from 'commander'
import { packFolder } from '../../engine/package/pack.ts'
import { SkilletError } from '../../shared/errors.ts'
import { endWith, type Cli } from '../context.ts'
import { registryClient } from '../registry-access.ts'
import { lintLines, lintPath } from './lint.ts'

/** `skillet publish DIR`: lints, packs and submits a folder to the registry's review. */
export function addPublish(program: Command, cli: Cli): void {
  program
    .command('publish')
    .description('submit a skill to the registry for review')
    .argument('<dir>')
    .action(async (dir: string) => {
      const client = registryClient(cli)
      const report = await lintPath(dir)
      if (report.verdict !== 'pass') for (const line of lintLines(report)) cli.output.note(line)
      if (report.verdict === 'fail')
        throw new SkilletError('PUBLISH_REJECTED', `${dir} did not pass the check.`, {
          remedy: `See what to correct: skillet lint ${dir}`,
        })
      const { tarball } = await packFolder(resolve(dir))
      const submission = await client.publish(tarball)
      cli.output.document(submission)
      cli.output.line(`Submitted as ${submission.id}: ${submission.state}.`)
      if (submission.state === 'rejected')
        endWith(cli, new SkilletError('PUBLISH_REJECTED', 'The registry did not accept it.'))
    })
}
