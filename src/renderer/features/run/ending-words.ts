import { t } from '../../../shared/i18n/t.ts'
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
  const settings = { label: t('Limits in Settings'), href: hrefs.settings }
  switch (reason) {
    case 'exit':
      if (exitCode === 0) return ended('ok', t('Finished in {{took}}', { took }), null)
      return ended(
        'bad',
        t('Ended with a problem after {{took}}', { took }),
        exitCode === null
          ? signal === null
            ? t(
                'The skill ended by itself before it was done. Run it again; if it ends the same way, tell its maker.',
              )
            : t(
                'The skill ended by itself ({{signal}}) before it was done. Run it again; if it ends the same way, tell its maker.',
                { signal },
              )
          : t(
              'The skill says that something went wrong (its code for it is {{exitCode}}). Its own words are in the output.',
              { exitCode },
            ),
      )
    case 'time': {
      const ours = manifest !== null && manifest.sandbox.timeout_s * 1000 > limits.timeoutMs
      return ended(
        'warn',
        t('Stopped at its time limit of {{duration}}', { duration: formatDuration(limits.timeoutMs) }),
        [
          t('It needed longer than it may run. Give it less to do at once, such as a smaller file.'),
          ...(ours ? [t('The skill itself asks for more time than your limits allow.')] : []),
        ].join(' '),
        ours ? settings : null,
      )
    }
    case 'memory': {
      const ours = manifest !== null && manifest.sandbox.memory_mb > limits.memoryMb
      return ended(
        'warn',
        t('Stopped at its memory limit of {{memory}}', { memory: formatMemory(limits.memoryMb) }),
        [
          t('It needed more memory than it may use. Give it less to do at once, such as a smaller file.'),
          ...(ours ? [t('The skill itself asks for more memory than your limits allow.')] : []),
        ].join(' '),
        ours ? settings : null,
      )
    }
    case 'disk':
      return ended(
        'warn',
        t('Stopped because it wrote more than {{memory}}', { memory: formatMemory(limits.writtenMb) }),
        t(
          'That is all that one run may write. What it saved before that is still there. Give it less to do at once.',
        ),
      )
    case 'output':
      return ended(
        'warn',
        t('Stopped because it said more than {{memory}}', { memory: formatMemory(limits.outputMb) }),
        t(
          'Its output was longer than Skillet accepts. What came before that is kept below. Give it less to do at once.',
        ),
      )
    case 'stopped':
      if (withdrawn)
        return ended(
          'bad',
          t('Stopped after {{took}}, because it was withdrawn', { took }),
          t('Everything it had started was ended. Don’t use what it saved without a look.'),
        )
      return ended(
        'neutral',
        t('Stopped by you after {{took}}', { took }),
        t('Everything it had started was ended. Run it again whenever you like.'),
      )
    case 'denied':
      return ended(
        'bad',
        t('Not allowed to run'),
        t('It asked for something that is not allowed, so it was not started.'),
        { label: t('Open Permissions'), href: hrefs.permissions() },
      )
  }
}
