import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { decidedWords } from './managed-words.ts'

/** What is decided, and whom to ask. */
export function ManagedFacts({ policy }: { policy: ManagedPolicy }): ReactNode {
  const decided = decidedWords(policy)
  return (
    <div className="flex flex-col gap-4">
      {decided.length === 0 ? (
        <p className="text-ink-2">{t('Nothing is fixed: you decide everything yourself.')}</p>
      ) : (
        <ul aria-label={t('What is fixed')} className="flex flex-col gap-1.5">
          {decided.map((sentence) => (
            <li key={sentence} className="flex items-start gap-2">
              <Lock aria-hidden size={14} strokeWidth={1.75} className="mt-[3px] shrink-0 text-ink-3" />
              <span className="min-w-0 break-words">{sentence}</span>
            </li>
          ))}
        </ul>
      )}
      <Support support={policy.support} />
    </div>
  )
}

function Support({ support }: { support: ManagedPolicy['support'] }): ReactNode {
  const ways = [support?.name, support?.email, support?.phone, support?.url].filter(
    (way) => way !== undefined,
  )
  if (ways.length === 0) return null
  return (
    <div className="border-t border-line pt-3">
      <p className="font-medium">{t('Questions? Ask:')}</p>
      <ul className="mt-1 text-ink-2 select-text">
        {ways.map((way) => (
          <li key={way} className="break-words">
            <bdi>{way}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}
