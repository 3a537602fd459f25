import { FileUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { useMe } from '../../me.ts'
import { useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { DropTarball } from './drop-tarball.tsx'
import { StateBadge } from './state-badge.tsx'
import { isMoving, nameOf, type Submission } from './submission.ts'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What the account sent in, the newest first. */
export function SubmissionsPage(): ReactNode {
  const me = useMe()
  const query = useGet<{ submissions: readonly Submission[] }>('/api/submissions?of=account', {
    everyMs: (data) => (data?.submissions.some(isMoving) === true ? 2000 : 15_000),
  })
  return (
    <Page
      title={t('Submissions')}
      subtitle={t('What {{account}} sent in, and how far it is.', { account: me.account })}
    >
      <DropTarball />
      <Answered query={query} label={t('Loading the submissions')}>
        {({ submissions }) =>
          submissions.length === 0 ? (
            <Empty icon={FileUp} title={t('Nothing was submitted yet')}>
              {t(
                'Your skills appear here from the first check to the catalog. From a folder, “skillet publish” does the same as dropping a file.',
              )}
            </Empty>
          ) : (
            <Table label={t('Submissions')} columns={[t('Skill'), t('State'), t('Submitted'), t('Said')]}>
              {submissions.map((submission) => (
                <tr key={submission.id}>
                  <td>
                    <TextLink href={toHref('submissions', submission.id)}>{nameOf(submission)}</TextLink>
                  </td>
                  <td className="whitespace-nowrap">
                    <StateBadge state={submission.state} />
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatAgo(submission.createdAt)}</td>
                  <td className="max-w-80 truncate text-ink-2">
                    {submission.reviewer === null ? say(submission.comment ?? '') : submission.comment}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
    </Page>
  )
}
