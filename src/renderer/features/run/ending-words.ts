import type { PastRun } from '../../../shared/receipt.ts'
import type { SkillManifest } from '../../../shared/skill-manifest.ts'
import { hrefs } from '../../route.ts'
import type { Tone } from '../../ui/badge.tsx'
import { formatDuration, formatMemory } from '../../ui/format.ts'

export interface Ending {
  tone: Tone
  title: string
  /** What it means, and what to do next. */
  detail: string | null
  /** Where the person can change what ended it. */
  place: { label: string; href: string } | null
}

interface Around {
  /** What the skill itself asks for; null where nobody knows any more. */
  manifest?: Pick<SkillManifest, 'sandbox'> | null
  /** The registry took it back meanwhile, which is why it was stopped. */
  withdrawn?: boolean
  signal?: string | null
}

/** How a run ended: a title, what it means and what to do next, and how good that is. */
export function endingWords(
  { reason, exitCode, durationMs, receipt: { limits } }: PastRun,
  { manifest = null, withdrawn = false, signal = null }: Around = {},
): Ending {
  const took = formatDuration(durationMs)
  const ended = (tone: Tone, title: string, detail: string | null, place: Ending['place'] = null) => ({
    tone,
    title,
    detail,
    place,
  })
  const settings = { label: 'Limits in Settings', href: hrefs.settings }
  switch (reason) {
    case 'exit':
      if (exitCode === 0) return ended('ok', `Finished in ${took}`, null)
      return ended(
        'bad',
        `Ended with a problem after ${took}`,
        exitCode === null
          ? `The skill ended by itself${signal === null ? '' : ` (${signal})`} before it was done. Run it again; if it ends the same way, tell its maker.`
          : `The skill says that something went wrong (its code for it is ${exitCode}). Its own words are in the output.`,
      )
    case 'time': {
      const ours = manifest !== null && manifest.sandbox.timeout_s * 1000 > limits.timeoutMs
      return ended(
        'warn',
        `Stopped at its time limit of ${formatDuration(limits.timeoutMs)}`,
        `It needed longer than it may run. Give it less to do at once, such as a smaller file.${ours ? ' The skill itself asks for more time than your limits allow.' : ''}`,
        ours ? settings : null,
      )
    }
    case 'memory': {
      const ours = manifest !== null && manifest.sandbox.memory_mb > limits.memoryMb
      return ended(
        'warn',
        `Stopped at its memory limit of ${formatMemory(limits.memoryMb)}`,
        `It needed more memory than it may use. Give it less to do at once, such as a smaller file.${ours ? ' The skill itself asks for more memory than your limits allow.' : ''}`,
        ours ? settings : null,
      )
    }
    case 'disk':
      return ended(
        'warn',
        `Stopped because it wrote more than ${formatMemory(limits.writtenMb)}`,
        'That is all that one run may write. What it saved before that is still there. Give it less to do at once.',
      )
    case 'output':
      return ended(
        'warn',
        `Stopped because it said more than ${formatMemory(limits.outputMb)}`,
        'Its output was longer than Skillet accepts. What came before that is kept below. Give it less to do at once.',
      )
    case 'stopped':
      if (withdrawn)
        return ended(
          'bad',
          `Stopped after ${took}, because it was withdrawn`,
          'Everything it had started was ended. Don’t use what it saved without a look.',
        )
      return ended(
        'neutral',
        `Stopped by you after ${took}`,
        'Everything it had started was ended. Run it again whenever you like.',
      )
    case 'denied':
      return ended(
        'bad',
        'Not allowed to run',
        'It asked for something that is not allowed, so it was not started.',
        { label: 'Open Permissions', href: hrefs.permissions() },
      )
  }
}
