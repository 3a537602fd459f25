import { formatDuration, formatMemory } from '../../../renderer/ui/format.ts'
import type { PastRun } from '../../../shared/receipt.ts'

/** How a test run ended, as a reviewer reads it. */
export function trialEnding({ reason, exitCode, durationMs, receipt: { limits } }: PastRun): {
  words: string
  tone: 'ok' | 'warn' | 'bad'
} {
  const took = formatDuration(durationMs)
  switch (reason) {
    case 'exit':
      return exitCode === 0
        ? { words: `It finished in ${took}.`, tone: 'ok' }
        : {
            words: `It ended with a problem after ${took}${exitCode === null ? '' : `; its own code for it is ${exitCode}`}.`,
            tone: 'warn',
          }
    case 'time':
      return {
        words: `It was stopped at its time limit of ${formatDuration(limits.timeoutMs)}.`,
        tone: 'warn',
      }
    case 'memory':
      return {
        words: `It was stopped at its memory limit of ${formatMemory(limits.memoryMb)}.`,
        tone: 'warn',
      }
    case 'disk':
      return {
        words: `It was stopped because it wrote more than ${formatMemory(limits.writtenMb)}.`,
        tone: 'warn',
      }
    case 'output':
      return {
        words: `It was stopped because it said more than ${formatMemory(limits.outputMb)}.`,
        tone: 'warn',
      }
    case 'stopped':
      return { words: `It was stopped after ${took}, because the registry was.`, tone: 'warn' }
    case 'denied':
      return { words: 'It was not started: it asks for something that it was not allowed.', tone: 'bad' }
  }
}
