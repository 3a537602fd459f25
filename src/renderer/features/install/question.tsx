import { useId, type ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Decision, InstallPlan, Life } from '../../../shared/contract/install.ts'
import { Badge } from '../../ui/badge.tsx'
import { Choose } from '../../ui/choose.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { lifeChoices } from '../permissions/life-words.ts'
import { AskWords } from '../skill/abilities.tsx'
import type { Answer } from './answers.ts'

/**
 * One capability, one decision. Both answers weigh the same and neither is chosen beforehand; how long an `allow` counts
 * is a quiet choice that comes with it.
 */
export function Question({
  ask,
  mark,
  note,
  answer,
  onAnswer,
}: {
  ask: InstallPlan['asks'][number]
  /** How it compares with the version in place; absent at a first install. */
  mark?: string | undefined
  /** What came before: what the version in place asks for, or what the person said. */
  note?: string | undefined
  /** Given now; null while an earlier one stands or none was given. */
  answer: Answer | null
  onAnswer: (answer: Answer) => void
}): ReactNode {
  const title = useId()
  return (
    <li
      aria-labelledby={title}
      className="flex items-start justify-between gap-5 rounded-lg border border-line p-4"
    >
      <div className="min-w-0">
        {mark === undefined ? null : (
          <div className="mb-1.5">
            <Badge tone="warn">{mark}</Badge>
          </div>
        )}
        <AskWords ask={ask} id={title} />
        {note === undefined ? null : <p className="mt-1 text-sm text-ink-3">{note}</p>}
        {ask.decided === null ? null : (
          <p className="mt-1 text-sm text-ink-3">
            {ask.decided === 'allow'
              ? t('Your earlier answer: Allow. You can change it.')
              : t('Your earlier answer: Don’t allow. You can change it.')}
          </p>
        )}
      </div>
      <div className="flex shrink-0 flex-col items-end gap-1.5">
        <Segmented<Decision>
          label={say(ask.title)}
          value={answer?.decision ?? ask.decided}
          onChange={(decision) => onAnswer({ decision, life: answer?.life ?? 'always' })}
          choices={[
            { id: 'deny', label: t('Don’t allow'), chosen: 'bad' },
            { id: 'allow', label: t('Allow'), chosen: 'ok' },
          ]}
        />
        {answer?.decision !== 'allow' ? null : (
          <Choose<Life>
            label={t('How long: {{title}}', { title: say(ask.title) })}
            quiet
            value={answer.life}
            onChange={(life) => onAnswer({ decision: 'allow', life })}
            choices={lifeChoices()}
          />
        )}
      </div>
    </li>
  )
}
