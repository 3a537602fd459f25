import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { visibleSteps } from './install-steps.ts'

/** Where the installation is. `failed` is the step that went wrong, if the failure belongs to one. */
export function StepBar({ current, failed }: { current: number; failed: number | null }): ReactNode {
  return (
    <ol aria-label={t('Steps')} className="mb-5 grid grid-cols-5 gap-1.5">
      {visibleSteps().map((step, index) => {
        const state =
          index === failed ? 'failed' : index < current ? 'done' : index === current ? 'now' : 'next'
        return (
          <li
            key={step}
            aria-current={state === 'now' ? 'step' : undefined}
            className={`flex items-start gap-1 border-t-[3px] pt-1.5 text-sm leading-4 ${looks[state]}`}
          >
            {state === 'done' ? (
              <Check aria-hidden size={14} strokeWidth={2.25} className="mt-px shrink-0" />
            ) : state === 'failed' ? (
              <X aria-hidden size={14} strokeWidth={2.25} className="mt-px shrink-0" />
            ) : null}
            <span>
              {step}
              <span className="sr-only">{spoken(state)}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

const looks = {
  done: 'border-ok text-ok',
  now: 'border-brand font-semibold text-ink',
  next: 'border-line text-ink-3',
  failed: 'border-bad font-semibold text-bad',
}

function spoken(state: keyof typeof looks): string {
  if (state === 'done') return `: ${t('done')}`
  return state === 'failed' ? `: ${t('failed')}` : ''
}
