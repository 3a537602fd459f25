import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Chain } from '../../../shared/contract/chains.ts'
import { stepTitle } from './chain-words.ts'

/** The steps of a chain as a row of names. */
export function StepRow({ steps, label }: { steps: Chain['steps']; label: string }): ReactNode {
  return (
    <ol aria-label={label} className="flex flex-wrap items-center gap-x-1.5 gap-y-1.5">
      {steps.map((step, index) => (
        <li key={step.id} className="flex items-center gap-1.5">
          {index === 0 ? null : (
            <ArrowRight aria-hidden size={14} strokeWidth={1.75} className="text-ink-3 rtl:-scale-x-100" />
          )}
          <span
            className={`rounded-md px-2.5 py-0.5 text-sm font-medium ${step.problem === null ? 'bg-sunk text-ink-2' : 'bg-warn-soft text-warn'}`}
          >
            {stepTitle(step)}
            {step.problem === null ? null : <span className="sr-only">{`: ${t('can’t run yet')}`}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
