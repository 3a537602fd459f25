import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { plainErrorSchema } from '../../shared/plain-error.ts'
import { SkilletError } from '../../shared/errors.ts'
import { runResultSchema } from '../../shared/receipt.ts'
import { endWith, type Cli } from '../context.ts'
import { collect } from '../grant-flags.ts'
import { splitInputFlag } from '../input-flags.ts'
import { registryClient } from '../registry-access.ts'
import { reportRun } from '../run-report.ts'

interface TryFlags {
  grant: string[]
  input: string[]
  file: string[]
}

/** `skillet registry review try ID`: a submission in the sandbox, wherever the registry has test runs done. */
export function addReviewTry(review: Command, cli: Cli): void {
  review
    .command('try')
    .description("run a submission in the sandbox of the registry's worker, on texts that you give it")
    .argument('<id>')
    .option('--grant <capability>', 'what it may of what it declares (repeatable)', collect, [])
    .option('--file <name=path>', 'a text of yours for it to work on (repeatable)', collect, [])
    .option(
      '--input <key=value>',
      "a value for one of its inputs; a file's is the name of one that you give it (repeatable)",
      collect,
      [],
    )
    .action(async (id: string, flags: TryFlags) => {
      const texts = await Promise.all(
        flags.file.map(async (flag) => readText(...splitInputFlag(flag, '--file'))),
      )
      const trial = await (
        await registryClient(cli)
      ).tryOut(id, {
        inputs: Object.fromEntries(flags.input.map((flag) => splitInputFlag(flag))),
        files: Object.fromEntries(texts),
        grants: flags.grant,
      })
      const { run, stdout, stderr, refusal } = trial.result ?? {}
      const refused = plainErrorSchema.safeParse(refusal)
      if (refused.success) {
        const { code, message, remedy } = refused.data
        cli.output.document(trial)
        endWith(cli, new SkilletError(code, message, { remedy }))
        return
      }
      if (typeof stdout === 'string') cli.output.stream('stdout', stdout)
      if (typeof stderr === 'string') cli.output.stream('stderr', stderr)
      reportRun(cli, runResultSchema.parse(run), { trial: trial.id })
    })
}

/** Throws NOT_FOUND where there is no such file. */
async function readText(name: string, path: string): Promise<[string, string]> {
  try {
    return [name, await readFile(path, 'utf8')]
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `${path} can't be read.`, { cause: error })
  }
}
