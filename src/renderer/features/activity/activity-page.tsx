import { useInfiniteQuery } from '@tanstack/react-query'
import { Activity, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import { ask, useBridge, type CallFailed, type CallOutput } from '../../bridge.ts'
import { hrefs } from '../../route.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatMoment, formatTime } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { groupDays, type Entry } from './group-days.ts'

const pageSize = 100

/** Everything that Skillet wrote into its journal, in plain sentences. */
export function ActivityPage(): ReactNode {
  const bridge = useBridge()
  const journal = useInfiniteQuery<
    CallOutput<'audit.list'>,
    CallFailed,
    { pages: CallOutput<'audit.list'>[] },
    readonly string[],
    number | null
  >({
    queryKey: ['audit.list', 'pages'],
    queryFn: ({ pageParam }) => ask(bridge, 'audit.list', { limit: pageSize, before: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) =>
      page.entries.length < pageSize ? undefined : Math.min(...page.entries.map((entry) => entry.seq)),
    staleTime: 0,
  })
  const pages = journal.data?.pages ?? []
  const entries = pages.flatMap((page) => page.entries)
  const broken = pages.some((page) => !page.intact)
  return (
    <Page title={t('Activity')} subtitle={t('What was installed, allowed and run on this computer.')}>
      {journal.isError && entries.length === 0 ? (
        <ErrorNote error={journal.error} onRetry={() => void journal.refetch()} />
      ) : journal.isPending ? (
        <SkeletonRows count={4} label={t('Loading the journal')} />
      ) : (
        <>
          {broken ? (
            <div className="mb-5">
              <ProblemNote
                problem={t('Somebody or something has changed the activity log.')}
                fix={t(
                  'Some lines are not as Skillet wrote them, so don’t rely on this page. Keep the files as they are and find out who has access to this computer.',
                )}
              />
            </div>
          ) : entries.length > 0 ? (
            <p className="mb-5 flex items-center gap-2 text-ok">
              <CircleCheck aria-hidden size={18} strokeWidth={1.75} />
              {t('The activity log is complete and nobody has changed it.')}
            </p>
          ) : null}
          {entries.length === 0 ? (
            <Empty icon={Activity} title={t('Nothing has happened yet')}>
              {t('Each install, answer and run will be written here, with what was blocked.')}
            </Empty>
          ) : (
            <Days entries={entries} />
          )}
          {journal.isFetchNextPageError ? (
            <ErrorNote error={journal.error} onRetry={() => void journal.fetchNextPage()} />
          ) : journal.hasNextPage ? (
            <div className="mt-5 flex justify-center">
              <Button isPending={journal.isFetchingNextPage} onPress={() => void journal.fetchNextPage()}>
                {t('Show earlier')}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Page>
  )
}

function Days({ entries }: { entries: readonly Entry[] }): ReactNode {
  return (
    <div className="flex flex-col gap-6">
      {groupDays(entries).map((day) => (
        <section key={day.title} aria-label={day.title}>
          <h2 className="mb-2 text-lg font-semibold">{day.title}</h2>
          <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
            {day.entries.map((entry) => (
              <li key={entry.seq} className="flex gap-4 px-4 py-2.5">
                <time
                  dateTime={entry.at}
                  title={formatMoment(entry.at)}
                  className="shrink-0 text-ink-3 tabular-nums"
                >
                  {formatTime(entry.at)}
                </time>
                <span className="min-w-0 flex-1 break-words select-text">{say(entry.text)}</span>
                {entry.run === null ? null : (
                  <Link
                    href={hrefs.entry(entry.seq)}
                    aria-label={t('What happened: {{text}} {{time}}', {
                      text: say(entry.text),
                      time: formatTime(entry.at),
                    })}
                    className="shrink-0 rounded-sm font-medium text-ink-2 underline underline-offset-2 data-hovered:text-ink"
                  >
                    {t('What happened')}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
