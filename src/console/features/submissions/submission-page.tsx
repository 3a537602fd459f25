import { useEffect, useRef, type ReactNode } from 'react'
import { formatAgo, formatBytes } from '../../../renderer/ui/format.ts'
import { useNotice } from '../../../renderer/ui/toast.tsx'
import { Section } from '../../../renderer/ui/page.tsx'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Appeals } from './appeals.tsx'
import { Findings } from './findings.tsx'
import { SayDialog } from './say-dialog.tsx'
import { ScanAgain } from './scan-again.tsx'
import { StateBadge } from './state-badge.tsx'
import { Steps } from './steps.tsx'
import { isMoving, nameOf, setAside, type FollowedSubmission } from './submission.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'

/** One submission as its publisher follows it. */
export function SubmissionPage({ id }: { id: string }): ReactNode {
  const query = useGet<FollowedSubmission>(`/api/submissions/${encodeURIComponent(id)}`, {
    everyMs: (data) => (data !== undefined && isMoving(data) ? 1000 : false),
  })
  useSettledNotice(query.data)
  const title = query.data === undefined ? t('A submission') : nameOf(query.data)
  return (
    <Page
      title={title}
      back={{ href: '#/submissions', label: t('Submissions') }}
      actions={query.data === undefined ? undefined : <Actions submission={query.data} />}
    >
      <Answered query={query} label={t('Loading the submission')}>
        {(submission) => (
          <>
            <div className="flex flex-wrap items-center gap-3 text-ink-2">
              <StateBadge state={submission.state} />
              <span>
                {t('Submitted {{when}} · {{size}}', {
                  when: formatAgo(submission.createdAt),
                  size: formatBytes(submission.tarball.size),
                })}
              </span>
            </div>
            {submission.comment === null || submission.comment === '' ? null : (
              <Section
                title={
                  submission.reviewer === null
                    ? t('What the checks said')
                    : t('What {{who}} said', { who: submission.reviewer })
                }
              >
                <p dir="auto" className="break-words whitespace-pre-wrap select-text">
                  {submission.reviewer === null ? say(submission.comment) : submission.comment}
                </p>
              </Section>
            )}
            <Section title={t('How far it is')}>
              <Steps steps={submission.steps} />
              {submission.state === 'in_review' ? (
                <p className="mt-3 text-ink-2">
                  {t('Now a person reads it. You are told here what they decide.')}
                </p>
              ) : null}
            </Section>
            <Appeals appeals={submission.appeals} />
            {submission.findings.length === 0 ? null : (
              <Section title={t('{{count}} findings', { count: submission.findings.length })}>
                <Findings findings={submission.findings} aside={setAside(submission.suppressions)} />
              </Section>
            )}
          </>
        )}
      </Answered>
    </Page>
  )
}

/** Tells when the registry is through with it, for whoever waits on the page. */
function useSettledNotice(submission: FollowedSubmission | undefined): void {
  const notice = useNotice()
  const moved = useRef(false)
  useEffect(() => {
    if (submission === undefined) return
    if (isMoving(submission)) moved.current = true
    else if (moved.current) {
      moved.current = false
      if (submission.state === 'published')
        notice({ text: t('{{submission}} is in the catalog.', { submission: nameOf(submission) }) })
    }
  }, [submission, notice])
}

/** What its publisher may do about a refusal. */
function Actions({ submission }: { submission: FollowedSubmission }): ReactNode {
  const object = useChange<string, unknown>((api, words) =>
    api.call('POST', `/api/submissions/${submission.id}/appeal`, { words }),
  )
  const refused = submission.state === 'rejected' || submission.state === 'failed'
  if (!refused) return null
  return (
    <>
      <ScanAgain id={submission.id} />
      {submission.appeals.some(({ answer }) => answer === null) ? null : (
        <SayDialog
          label={t('Object')}
          title={t('Object to this')}
          submit={t('Send it')}
          question={t('What was judged wrongly?')}
          description={t('A reviewer reads it and answers.')}
          onSay={(words) => object.mutateAsync(words)}
        />
      )}
    </>
  )
}
