import type { RunResult } from '../shared/receipt.ts'
import { joinWords } from '../shared/capability-words.ts'
import type { Cli } from './context.ts'
import { nameOnOneLine } from './output.ts'

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
    case 'disk':
      return 1
  }
}

function endingOf({ reason, exitCode, signal, receipt: { limits } }: RunResult): string | null {
  switch (reason) {
    case 'exit':
      if (exitCode === 0) return null
      return exitCode === null
        ? `The skill was ended by ${signal ?? 'a signal'}.`
        : `The skill ended with status ${exitCode}.`
    case 'time':
      return `Stopped: it took longer than its ${limits.timeoutMs / 1000} seconds.`
    case 'memory':
      return `Stopped: it used more memory than its ${limits.memoryMb} MB.`
    case 'stopped':
      return 'Stopped by you.'
    case 'output':
      return `Stopped: it printed more than ${limits.outputMb} MB.`
    case 'disk':
      return `Stopped: it wrote more than ${limits.writtenMb} MB to the disk.`
    case 'denied':
      return 'Stopped: it was not allowed to run.'
  }
}

/** Prints the result: the whole document under `--json`, with `more`, otherwise a short receipt after the skill's own output. */
export function reportRun(cli: Cli, result: RunResult, more: object = {}): void {
  const { output } = cli
  output.document({ ...result, ...more })
  const ending = endingOf(result)
  if (ending !== null) output.note(ending)
  sayReceipt(cli, result.receipt)
  cli.exit(exitStatusOfRun(result))
}

/** What a run did, for a person, where it did anything. */
export function sayReceipt({ output }: Pick<Cli, 'output'>, receipt: RunResult['receipt']): void {
  for (const { path, source } of receipt.links ?? [])
    output.note(`It was given ${nameOnOneLine(path)}, which leads to ${nameOnOneLine(source)}`)
  if (receipt.written.length > 0) output.note(`Wrote ${joinWords(receipt.written.map(nameOnOneLine))}`)
  if (receipt.contacted.length > 0)
    output.note(`Connected to ${joinWords(receipt.contacted.map(nameOnOneLine))}`)
  for (const refusal of receipt.refused)
    output.note(
      `Blocked: ${refusal.kind} ${nameOnOneLine(refusal.what)}${refusal.times > 1 ? ` (${refusal.times} times)` : ''}: ${refusal.why}`,
    )
  for (const { name, times } of receipt.redacted)
    output.note(`Hidden in what it printed: the key ${name}${times > 1 ? ` (${times} times)` : ''}`)
  for (const { name, host } of receipt.brokered ?? [])
    output.note(`Added on the way to ${host}, unseen by the skill: the key ${name}`)
  if (receipt.journal !== null) output.note(`In the journal: entry ${receipt.journal.seq}`)
}
