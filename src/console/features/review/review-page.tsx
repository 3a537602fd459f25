import type { ReactNode } from 'react'
import { formatAgo, formatBytes, plural } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Findings } from '../submissions/findings.tsx'
import { StateBadge } from '../submissions/state-badge.tsx'
import { Steps } from '../submissions/steps.tsx'
import { isMoving, nameOf, type FollowedSubmission } from '../submissions/submission.ts'
import { Decide } from './decide.tsx'

/** One submission as a reviewer judges it. */
export function ReviewPage({ id }: { id: string }): ReactNode {
  const query = useGet<FollowedSubmission>(`/api/submissions/${encodeURIComponent(id)}`, {
    everyMs: (data) => (data !== undefined && isMoving(data) ? 1000 : false),
  })
  return (
    <Page
      title={query.data === undefined ? 'A submission' : nameOf(query.data)}
      back={{ href: '#/review', label: 'To review' }}
      wide
    >
      <Answered query={query} label="Loading the submission">
        {(submission) => (
          <>
            <div className="flex flex-wrap items-center gap-3 text-ink-2">
              <StateBadge state={submission.state} />
              <span>
                Submitted {formatAgo(submission.createdAt)} · {formatBytes(submission.tarball.size)}
              </span>
            </div>
            <Section title="How far it is">
              <Steps steps={submission.steps} />
            </Section>
            {submission.findings.length === 0 ? null : (
              <Section title={plural(submission.findings.length, 'finding')}>
                <Findings findings={submission.findings} />
              </Section>
            )}
            {submission.state === 'in_review' ? <Decide id={id} name={nameOf(submission)} /> : null}
            {submission.reviewer === null ? null : (
              <Section title={`Decided by ${submission.reviewer}`}>
                <p className="break-words whitespace-pre-wrap select-text">
                  {submission.comment === null || submission.comment === ''
                    ? 'Nothing was added.'
                    : submission.comment}
                </p>
              </Section>
            )}
          </>
        )}
      </Answered>
    </Page>
  )
}
