import { formatDuration, formatMemory } from '../../../renderer/ui/format.ts'
import type { PastRun } from '../../../shared/receipt.ts'
import { t } from '../../../shared/i18n/t.ts'

/** How a test run ended, as a reviewer reads it. */
export function trialEnding({ reason, exitCode, durationMs, receipt: { limits } }: PastRun): {
  words: string
  tone: 'ok' | 'warn' | 'bad'
} {
  const took = formatDuration(durationMs)
  switch (reason) {
    case 'exit':
      return exitCode === 0
        ? { words: t('It finished in {{time}}.', { time: took }), tone: 'ok' }
        : {
            words:
              exitCode === null
                ? t('It ended with a problem after {{time}}.', { time: took })
                : t('It ended with a problem after {{time}}; its own code for it is {{code}}.', {
                    time: took,
                    code: exitCode,
                  }),
            tone: 'warn',
          }
    case 'time':
      return {
        words: t('It was stopped at its time limit of {{time}}.', { time: formatDuration(limits.timeoutMs) }),
        tone: 'warn',
      }
    case 'memory':
      return {
        words: t('It was stopped at its memory limit of {{size}}.', { size: formatMemory(limits.memoryMb) }),
        tone: 'warn',
      }
    case 'disk':
      return {
        words: t('It was stopped because it wrote more than {{size}}.', {
          size: formatMemory(limits.writtenMb),
        }),
        tone: 'warn',
      }
    case 'output':
      return {
        words: t('It was stopped because it said more than {{size}}.', {
          size: formatMemory(limits.outputMb),
        }),
        tone: 'warn',
      }
    case 'stopped':
      return {
        words: t('It was stopped after {{time}}, because the registry was.', { time: took }),
        tone: 'warn',
      }
    case 'denied':
      return { words: t('It was not started: it asks for something that it was not allowed.'), tone: 'bad' }
  }
}
