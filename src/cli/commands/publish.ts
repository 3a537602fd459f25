import { resolve } from 'node:path'
import type { Command } from 'commander'
import { packFolder } from '../../engine/package/pack.ts'
import type { CheckedStep } from '../../engine/registry-client/client.ts'
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
    .option('--no-wait', "submit it and don't wait for the check")
    .action(async (dir: string, { wait }: { wait: boolean }) => {
      const client = await registryClient(cli)
      const report = await lintPath(dir)
      if (report.verdict !== 'pass') for (const line of lintLines(report)) cli.output.note(line)
      if (report.verdict === 'fail')
        throw new SkilletError('PUBLISH_REJECTED', `${dir} did not pass the check.`, {
          remedy: `See what to correct: skillet lint ${dir}`,
        })
      const { tarball } = await packFolder(resolve(dir))
      const onStep = ({ step, state }: CheckedStep) =>
        cli.output.note(`${stepWords[step] ?? step}: ${stateWords[state]}.`)
      const submission = wait ? await client.publish(tarball, { onStep }) : await client.submit(tarball)
      cli.output.document(submission)
      cli.output.line(`Submitted as ${submission.id}: ${submission.state}.`)
      // What the registry knows and this computer doesn't, such as others' names.
      if (submission.state === 'rejected' && 'report' in submission)
        for (const line of lintLines({ ...submission.report, path: dir })) cli.output.note(line)
      if (submission.state === 'rejected')
        endWith(
          cli,
          new SkilletError('PUBLISH_REJECTED', 'The registry did not accept it.', {
            remedy: `Correct it and submit a new version, or object: skillet registry review appeal ${submission.id} --reason TEXT`,
          }),
        )
      if (submission.state === 'failed')
        endWith(
          cli,
          new SkilletError('INTERNAL', 'The registry could not check it.', {
            remedy: `Have it checked again later: skillet registry review rescan ${submission.id}`,
          }),
        )
    })
}

const stepWords: Record<string, string> = {
  lint: 'Texts and skill.toml',
  archive: 'Files',
  code: 'Programs',
}
const stateWords: Record<CheckedStep['state'], string> = {
  passed: 'nothing to correct',
  failed: 'something to correct',
  broken: 'could not be checked',
}
