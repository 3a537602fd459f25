import type { ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { formatAgo, formatBytes } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { useMe } from '../../me.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Appeals } from '../submissions/appeals.tsx'
import { Findings } from '../submissions/findings.tsx'
import { ScanAgain } from '../submissions/scan-again.tsx'
import { StateBadge } from '../submissions/state-badge.tsx'
import { Steps } from '../submissions/steps.tsx'
import { isMoving, nameOf, setAside, type FollowedSubmission } from '../submissions/submission.ts'
import { AnswerAppeal } from './answer-appeal.tsx'
import { Changes } from './changes.tsx'
import { Decide } from './decide.tsx'
import { Decisions } from './decisions.tsx'
import { Files } from './files.tsx'
import { SetAside } from './set-aside.tsx'
import { Trials } from './trials.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** One submission as a reviewer judges it. */
export function ReviewPage({ id }: { id: string }): ReactNode {
  const query = useGet<FollowedSubmission>(`/api/submissions/${encodeURIComponent(id)}`, {
    everyMs: (data) => (data !== undefined && isMoving(data) ? 1000 : false),
  })
  return (
    <Page
      title={query.data === undefined ? t('A submission') : nameOf(query.data)}
      back={{ href: '#/review', label: t('To review') }}
      actions={query.data === undefined || isMoving(query.data) ? undefined : <ScanAgain id={id} />}
      wide
    >
      <Answered query={query} label={t('Loading the submission')}>
        {(submission) => <Judged submission={submission} />}
      </Answered>
    </Page>
  )
}

function Judged({ submission }: { submission: FollowedSubmission }): ReactNode {
  const { id, findings, suppressions, appeals, steps } = submission
  const readable = submission.slug !== null
  const aside = setAside(suppressions)
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 text-ink-2">
        <StateBadge state={submission.state} />
        {submission.community ? <Badge tone="neutral">{t('From the community')}</Badge> : null}
        <span>
          {t('{{publisher}} · submitted by {{who}} {{when}} · {{size}}', {
            publisher: submission.publisher,
            who: submission.submittedBy,
            when: formatAgo(submission.createdAt),
            size: formatBytes(submission.tarball.size),
          })}
        </span>
      </div>
      <Section title={t('Checks')}>
        <Steps steps={steps} />
      </Section>
      {readable ? <Changes id={id} /> : null}
      {findings.length === 0 ? null : (
        <Section title={t('{{count}} findings', { count: findings.length })}>
          <Findings
            findings={findings}
            aside={aside}
            actions={(finding) => (
              <SetAside id={id} finding={finding} suppression={aside.get(finding.fingerprint)} />
            )}
          />
        </Section>
      )}
      {readable ? <Files id={id} findings={findings} /> : null}
      {readable ? <Trials id={id} /> : null}
      <Appeals appeals={appeals}>
        {appeals.some(({ answer }) => answer === null) ? <AnswerAppeal id={id} /> : null}
      </Appeals>
      <Decisions submission={submission} />
      <MyDecision submission={submission} />
    </>
  )
}

function MyDecision({ submission }: { submission: FollowedSubmission }): ReactNode {
  const me = useMe()
  if (submission.state !== 'in_review') return null
  const round = Math.max(...submission.steps.map((step) => step.round))
  const decided = submission.decisions.some((one) => one.round === round && one.reviewer === me.login)
  if (submission.publisher === me.account)
    return <p className="text-ink-2">{t('This is of your own account: somebody else must decide.')}</p>
  return decided ? null : <Decide id={submission.id} name={nameOf(submission)} />
}
