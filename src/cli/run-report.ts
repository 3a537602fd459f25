import type { RunResult } from '../shared/receipt.ts'
import { joinWords } from '../shared/capability-words.ts'
import type { Cli } from './context.ts'

/** Exit status of `run` and `try`: the skill's own success or failure, or which limit ended it. */
export function exitStatusOfRun(result: Pick<RunResult, 'reason' | 'exitCode'>): number {
  switch (result.reason) {
    case 'exit':
      return result.exitCode === 0 ? 0 : 1
    case 'time':
      return 124
    case 'memory':
      return 137
    case 'denied':
      return 3
    case 'stopped':
    case 'output':
      return 1
  }
}

const endings: Record<RunResult['reason'], string | null> = {
  exit: null,
  time: 'Stopped: it took longer than its time limit.',
  memory: 'Stopped: it used more memory than its limit.',
  stopped: 'Stopped by you.',
  output: 'Stopped: it printed more than Skillet keeps.',
  denied: 'Stopped: it was not allowed to run.',
}

/** Prints the result: the whole document under `--json`, otherwise a short receipt after the skill's own output. */
export function reportRun(cli: Cli, result: RunResult): void {
  const { output } = cli
  output.document(result)
  const { receipt } = result
  const ending = endings[result.reason]
  if (ending !== null) output.note(ending)
  else if (result.exitCode !== 0)
    output.note(
      result.exitCode === null
        ? `The skill was ended by ${result.signal ?? 'a signal'}.`
        : `The skill ended with status ${result.exitCode}.`,
    )
  if (receipt.written.length > 0) output.note(`Wrote ${joinWords(receipt.written)}`)
  if (receipt.contacted.length > 0) output.note(`Connected to ${joinWords(receipt.contacted)}`)
  for (const refusal of receipt.refused)
    output.note(
      `Blocked: ${refusal.kind} ${refusal.what}${refusal.times > 1 ? ` (${refusal.times} times)` : ''}: ${refusal.why}`,
    )
  cli.exit(exitStatusOfRun(result))
}
