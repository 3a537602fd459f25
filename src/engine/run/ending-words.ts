import type { RunResult } from '../../shared/receipt.ts'

type Ended = Pick<RunResult, 'reason' | 'exitCode' | 'signal'> & {
  readonly receipt: Pick<RunResult['receipt'], 'refused' | 'limits'>
}

/** The journal's sentence about a run that is over: why it ended, and whether anything was kept from it. */
export function finishedSentence(title: string, ended: Ended, withdrawn: boolean): string {
  const { reason, exitCode, signal, receipt } = ended
  const { limits, refused } = receipt
  const blocked =
    refused.length === 0
      ? ''
      : refused.length === 1
        ? '1 attempt was blocked.'
        : `${refused.length} attempts were blocked.`
  const endings: Record<RunResult['reason'], string> = {
    exit:
      exitCode === 0
        ? `${title} finished.`
        : exitCode === null
          ? `${title} was ended by ${signal ?? 'the system'}.`
          : `${title} ended with an error.`,
    time: `${title} was stopped: it took longer than ${limits.timeoutMs / 1000} seconds.`,
    memory: `${title} was stopped: it used more than ${limits.memoryMb} MB of memory.`,
    stopped: withdrawn ? `${title} was stopped: it was withdrawn.` : `${title} was stopped by you.`,
    output: `${title} was stopped: it printed more than ${limits.outputMb} MB.`,
    disk: `${title} was stopped: it wrote more than ${limits.writtenMb} MB to the disk.`,
    denied: `${title} was not started.`,
  }
  return blocked === '' ? endings[reason] : `${endings[reason]} ${blocked}`
}
