import { BookOpenCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { StateBadge } from '../submissions/state-badge.tsx'
import { nameOf } from '../submissions/submission.ts'
import { t } from '../../../shared/i18n/t.ts'

interface Queue {
  readonly counts: Readonly<Record<string, number>>
  readonly appeals: number
  readonly submissions: readonly {
    readonly id: string
    readonly slug: string | null
    readonly version: string | null
    readonly publisher: string
    readonly state: string
    readonly community: boolean
    readonly reviewsNeeded: number
    readonly approvals: number
    readonly findings: number
    readonly appealed: boolean
    readonly createdAt: string
  }[]
}

const filters = () =>
  ({
    in_review: { label: t('Wait for a reviewer'), query: 'state=in_review' },
    appealed: { label: t('Objected to'), query: 'appealed=true' },
    submitted: { label: t('Being checked'), query: 'state=submitted' },
    failed: { label: t('Failed the checks'), query: 'state=failed' },
    rejected: { label: t('Sent back'), query: 'state=rejected' },
    published: { label: t('Published'), query: 'state=published' },
  }) as const
type Filter = keyof ReturnType<typeof filters>

/** What waits for a reviewer, whoever waits longest first. */
export function QueuePage(): ReactNode {
  const [filter, setFilter] = useState<Filter>('in_review')
  const [after, setAfter] = useState<string | null>(null)
  const query = useGet<Queue>(
    `/api/review/queue?${filters()[filter].query}${after === null ? '' : `&after=${after}`}`,
    { everyMs: () => 15_000 },
  )
  const { data } = query
  /** How many wait; what is done isn't counted. */
  const labelOf = (name: Filter) => {
    const { label } = filters()[name]
    const isDone = name === 'published' || name === 'rejected'
    if (data === undefined || isDone) return label
    return t('{{label}} ({{number}})', {
      label,
      number: (name === 'appealed' ? data.appeals : data.counts[name]) ?? 0,
    })
  }
  return (
    <Page
      title={t('To review')}
      subtitle={t('What publishers submitted, the one that waits longest first.')}
      actions={
        <Choose
          label={t('Which')}
          value={filter}
          onChange={(name) => {
            setFilter(name)
            setAfter(null)
          }}
          choices={(Object.keys(filters()) as Filter[]).map((id) => ({
            id,
            label: labelOf(id),
          }))}
        />
      }
    >
      <Answered query={query} label={t('Loading the queue')}>
        {({ submissions }) =>
          submissions.length === 0 ? (
            <Empty
              icon={BookOpenCheck}
              title={filter === 'in_review' ? t('Nothing waits') : t('None of these')}
            >
              {t('What publishers submit appears here once the checks have passed it.')}
            </Empty>
          ) : (
            <>
              <Table label={t('Queue')} columns={[t('Skill'), t('State'), t('Checks'), t('Submitted')]}>
                {submissions.map((submission) => (
                  <tr key={submission.id}>
                    <td>
                      <TextLink href={toHref('review', submission.id)}>{nameOf(submission)}</TextLink>
                      <span className="block text-sm text-ink-3">
                        {submission.community
                          ? t('{{publisher}}, from the community', { publisher: submission.publisher })
                          : submission.publisher}
                      </span>
                    </td>
                    <td>
                      <StateBadge state={submission.state} />
                      {submission.reviewsNeeded > 1 ? (
                        <span className="block text-sm text-ink-2">
                          {t('{{approved}} of {{needed}} reviewers approved', {
                            approved: submission.approvals,
                            needed: submission.reviewsNeeded,
                          })}
                        </span>
                      ) : null}
                      {submission.appealed ? (
                        <span className="block text-sm text-ink-2">{t('The publisher objects')}</span>
                      ) : null}
                    </td>
                    <td className="whitespace-nowrap">
                      {submission.findings === 0 ? (
                        <Badge tone="ok">{t('Nothing found')}</Badge>
                      ) : (
                        <Badge tone="warn">{t('{{count}} findings', { count: submission.findings })}</Badge>
                      )}
                    </td>
                    <td className="whitespace-nowrap text-ink-2">{formatAgo(submission.createdAt)}</td>
                  </tr>
                ))}
              </Table>
              {submissions.length < 100 ? null : (
                <p>
                  <button
                    type="button"
                    className="rounded-sm font-medium underline"
                    onClick={() => setAfter(submissions.at(-1)?.id ?? null)}
                  >
                    {t('The next hundred')}
                  </button>
                </p>
              )}
            </>
          )
        }
      </Answered>
    </Page>
  )
}
