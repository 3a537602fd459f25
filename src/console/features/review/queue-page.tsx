import { BookOpenCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatAgo, plural } from '../../../renderer/ui/format.ts'
import { Segmented } from '../../../renderer/ui/segmented.tsx'
import { useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { StateBadge } from '../submissions/state-badge.tsx'
import { nameOf, type Submission } from '../submissions/submission.ts'

type Filter = 'waiting' | 'all'

/** What waits for a reviewer, whoever waits longest first. */
export function QueuePage(): ReactNode {
  const [filter, setFilter] = useState<Filter>('waiting')
  const query = useGet<{ submissions: readonly Submission[] }>('/api/submissions', { everyMs: () => 15_000 })
  return (
    <Page
      title="To review"
      subtitle="Submissions that passed the checks and wait for a person, the oldest first."
      actions={
        <Segmented
          label="Which"
          value={filter}
          onChange={setFilter}
          choices={[
            { id: 'waiting', label: 'Waiting' },
            { id: 'all', label: 'All' },
          ]}
        />
      }
    >
      <Answered query={query} label="Loading the queue">
        {({ submissions }) => {
          const shown =
            filter === 'all'
              ? submissions
              : submissions.filter(({ state }) => state === 'in_review').toReversed()
          return shown.length === 0 ? (
            <Empty icon={BookOpenCheck} title="Nothing waits">
              What publishers submit appears here once the checks have passed it.
            </Empty>
          ) : (
            <Table label="Queue" columns={['Skill', 'State', 'Checks', 'Submitted']}>
              {shown.map((submission) => (
                <tr key={submission.id}>
                  <td>
                    <TextLink href={toHref('review', submission.id)}>{nameOf(submission)}</TextLink>
                  </td>
                  <td className="whitespace-nowrap">
                    <StateBadge state={submission.state} />
                  </td>
                  <td>
                    {submission.findings.length === 0 ? (
                      <Badge tone="ok">Nothing found</Badge>
                    ) : (
                      <Badge tone={submission.verdict === 'pass' ? 'neutral' : 'warn'}>
                        {plural(submission.findings.length, 'finding')}
                      </Badge>
                    )}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatAgo(submission.createdAt)}</td>
                </tr>
              ))}
            </Table>
          )
        }}
      </Answered>
    </Page>
  )
}
