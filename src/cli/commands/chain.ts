import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ChainRun, StepResult } from '../../shared/contract/chains.ts'
import type { InputValues } from '../../shared/contract/library.ts'
import { exitStatusOf, SkilletError, type PlainError } from '../../shared/errors.ts'
import { assertNotRoot, type Cli } from '../context.ts'
import { collect } from '../grant-flags.ts'
import { splitInputFlag } from '../input-flags.ts'
import { exitStatusOfRun, sayReceipt } from '../run-report.ts'

type Ended = ChainRun & { error: PlainError | null }

/** `skillet chain FILE.toml [--input KEY=VALUE]… [--resume RUN]`: skills in a row, each in the sandbox. */
export function addChain(program: Command, cli: Cli): void {
  program
    .command('chain')
    .description('run several skills in a row, each with what the earlier ones printed')
    .argument('<file>', "the chain's .toml file, or the name of a chain that was added")
    .option('--input <key=value>', "a value for one of the chain's inputs (repeatable)", collect, [])
    .option('--resume <run>', 'go on with an earlier run, by its id or latest: done steps are not run again')
    .action(async (file: string, options: { input: string[]; resume?: string }) => {
      assertNotRoot(cli)
      const inputs = readInputs(options.input)
      const engine = await cli.engine()
      const said = new Map<string, string>()
      const ended = await engine.runChain(
        { chain: isFile(file) ? { file: resolve(file) } : { id: file }, inputs, resume: options.resume },
        { signal: cli.signal, onChange: (run) => sayProgress(cli, run, said) },
      )
      sayProgress(cli, ended, said)
      report(cli, file, ended)
    })
}

/** The engine reads texts as the types that the chain gives them. */
function readInputs(flags: readonly string[]): InputValues {
  const values: InputValues = {}
  for (const flag of flags) {
    const [name, text] = splitInputFlag(flag)
    values[name] = text
  }
  return values
}

const isFile = (text: string) => /\.toml$|[/\\]/i.test(text)

const words: Partial<Record<StepResult['state'], string>> = {
  running: '…',
  kept: 'done earlier',
  done: 'done',
  failed: 'failed',
}

/** One line on stderr each time that a step has come further; `said` remembers what was said of each. */
function sayProgress(cli: Cli, { steps }: ChainRun, said: Map<string, string>): void {
  for (const [index, { id, state, reason, durationMs, receipt }] of steps.entries()) {
    const word = reason === 'stopped' ? 'stopped' : words[state]
    if (word === undefined || said.get(id) === state) continue
    said.set(id, state)
    const took = state === 'done' ? ` in ${(durationMs / 1000).toFixed(1)} s` : ''
    cli.output.note(`${index + 1}/${steps.length} ${id} ${word}${took}`)
    // Where each is in the journal is in the document of --json.
    if (state !== 'kept' && receipt !== null) sayReceipt(cli, { ...receipt, journal: null })
  }
}

function report(cli: Cli, file: string, ended: Ended): void {
  const { output } = cli
  output.document(ended)
  const last = ended.steps.at(-1)!
  if (ended.error === null) {
    if (last.output !== null) output.line(JSON.stringify(JSON.parse(last.output), null, 2))
    return
  }
  const failed = ended.steps.find(({ state }) => state === 'failed')
  if (failed !== undefined && failed.stderr !== '') output.note(failed.stderr.trimEnd())
  const { code, message, remedy } = ended.error
  if (!output.json) output.error(new SkilletError(code, message, { remedy }))
  output.note(`To go on from there: skillet chain ${file} --resume ${ended.runId}`)
  cli.exit(exitStatusOfChain(ended, failed))
}

/** As a run's where a limit ended a step, else as the error's. */
function exitStatusOfChain({ error }: Ended, failed: StepResult | undefined): number {
  const reason = failed?.reason ?? 'exit'
  if (reason !== 'exit') return exitStatusOfRun({ reason, exitCode: null })
  return error === null ? 0 : exitStatusOf(error.code)
}
