import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { ChainRun } from '../../../shared/contract/chains.ts'
import { useCall } from '../../query.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { formatAgo, formatMoment } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { runWords } from './chain-words.ts'

/** What a chain did before, newest first. `shown`: the one that is on the page already. */
export function EarlierRuns({
  chain,
  shown,
  onShow,
}: {
  chain: string
  shown: string | null
  onShow: (run: ChainRun) => void
}): ReactNode {
  const runs = useCall('chain.runs', { id: chain })
  const others = runs.data?.filter(({ runId }) => runId !== shown) ?? []
  if (runs.isError)
    return (
      <Section title={t('Earlier runs')}>
        <ErrorNote error={runs.error} onRetry={() => void runs.refetch()} />
      </Section>
    )
  if (runs.isPending) return <SkeletonRows count={1} label={t('Loading earlier runs')} />
  if (others.length === 0) return null
  return (
    <Section title={t('Earlier runs')}>
      <ul className="divide-y divide-line border-t border-line [&>li:last-child]:pb-0">
        {others.map((run) => {
          const { tone, title } = runWords(run)
          return (
            <li key={run.runId} className="flex items-center justify-between gap-4 py-2.5">
              <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
                <time dateTime={run.startedAt} title={formatMoment(run.startedAt)} className="text-ink-2">
                  {capital(formatAgo(run.startedAt))}
                </time>
                <Badge tone={tone}>{title}</Badge>
              </p>
              <Button
                size="small"
                aria-label={t('Show the run of {{moment}}', { moment: formatMoment(run.startedAt) })}
                onPress={() => onShow(run)}
              >
                {t('Show')}
              </Button>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
