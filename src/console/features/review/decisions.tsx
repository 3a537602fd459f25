import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import type { FollowedSubmission } from '../submissions/submission.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What reviewers decided, and how many more must. */
export function Decisions({ submission }: { submission: FollowedSubmission }): ReactNode {
  const { decisions, reviewsNeeded, state, steps } = submission
  const round = Math.max(...steps.map((step) => step.round))
  const approvals = decisions.filter((one) => one.round === round && one.decision === 'approve').length
  const missing = reviewsNeeded - approvals
  if (decisions.length === 0 && reviewsNeeded < 2) return null
  return (
    <Section title={t('Decisions')}>
      {state !== 'in_review' ? null : (
        <p className="mb-3">
          {[
            ...(reviewsNeeded > 1 ? [t('This skill asks for much, so two people must approve it.')] : []),
            ...(approvals > 0 ? [t('{{count}} more reviewers must approve.', { count: missing })] : []),
          ].join(' ')}
        </p>
      )}
      <ul className="flex flex-col gap-3">
        {decisions.map((one) => (
          <li key={`${one.round} ${one.reviewer}`}>
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={one.decision === 'approve' ? 'ok' : 'bad'}>
                {one.decision === 'approve' ? t('Approved') : t('Sent back')}
              </Badge>
              <span className="font-medium">{one.reviewer}</span>
              <span className="text-ink-3">{formatAgo(one.decidedAt)}</span>
            </div>
            {one.comment === '' ? null : (
              <p dir="auto" className="mt-1 break-words whitespace-pre-wrap select-text">
                {one.comment}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
