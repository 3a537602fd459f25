import type { ReactNode } from 'react'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import type { Appeal } from './submission.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What the publisher objected, and what was answered. */
export function Appeals({
  appeals,
  children,
}: {
  appeals: readonly Appeal[]
  children?: ReactNode
}): ReactNode {
  if (appeals.length === 0) return null
  return (
    <Section title={t('Objections')}>
      <ul className="flex flex-col gap-4">
        {appeals.map((appeal) => (
          <li key={appeal.createdAt}>
            <p dir="auto" className="break-words whitespace-pre-wrap select-text">
              {appeal.words}
            </p>
            <p className="text-sm text-ink-3">{formatAgo(appeal.createdAt)}</p>
            {appeal.answer === null ? (
              <p className="mt-1 text-ink-2">{t('Nobody has answered yet.')}</p>
            ) : (
              <p className="mt-1 break-words whitespace-pre-wrap select-text">
                <span className="font-medium">
                  {t('{{who}} answered:', { who: appeal.answeredBy ?? '' })}{' '}
                </span>
                {appeal.answer}
              </p>
            )}
          </li>
        ))}
      </ul>
      {children}
    </Section>
  )
}
