import { Check, CircleDashed, Loader, TriangleAlert, X, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { stepWords } from '../../words.ts'
import type { Step } from './submission.ts'
import { t } from '../../../shared/i18n/t.ts'
import { say } from '../../../shared/i18n/say.ts'

const looks = (): Record<Step['state'], { icon: LucideIcon; colour: string; words: string }> => ({
  waiting: { icon: CircleDashed, colour: 'text-ink-3', words: t('to come') },
  running: { icon: Loader, colour: 'text-ink-2', words: t('under way') },
  passed: { icon: Check, colour: 'text-ok', words: t('done') },
  failed: { icon: X, colour: 'text-bad', words: t('stopped here') },
  broken: { icon: TriangleAlert, colour: 'text-warn', words: t('did not finish') },
})

/** How far a submission is: the steps of its latest round. */
export function Steps({ steps }: { steps: readonly Step[] }): ReactNode {
  const round = Math.max(...steps.map((step) => step.round), 1)
  return (
    <ol aria-label={t('Steps')} className="flex flex-col gap-2.5">
      {steps
        .filter((step) => step.round === round)
        .map((step) => {
          const { icon: Icon, colour, words } = looks()[step.state]
          return (
            <li key={step.step} className="flex gap-3">
              <Icon aria-hidden size={18} strokeWidth={1.75} className={`mt-px shrink-0 ${colour}`} />
              <div className="min-w-0">
                <span className="font-medium">{stepWords()[step.step] ?? step.step}</span>
                <span className="text-ink-3">
                  {' '}
                  ·{' '}
                  {step.finishedAt === null
                    ? words
                    : t('{{state}} {{when}}', { state: words, when: formatAgo(step.finishedAt) })}
                </span>
                {step.note === null ? null : <p className="break-words text-ink-2">{say(step.note)}</p>}
              </div>
            </li>
          )
        })}
    </ol>
  )
}
