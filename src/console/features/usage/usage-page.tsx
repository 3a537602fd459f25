import { ChartNoAxesColumn } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatCount, formatDate, joinList } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { Segmented } from '../../../renderer/ui/segmented.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'
import { t } from '../../../shared/i18n/t.ts'

type Event = 'install' | 'use' | 'result'
interface Usage {
  /** Counts below this are not told exactly. */
  readonly fewerThan: number
  /** `count` null: fewer than `fewerThan`. */
  readonly days: readonly { day: string; slug: string; event: Event; count: number | null }[]
}

const spans = () =>
  [
    { id: '7', label: t('Week') },
    { id: '30', label: t('Month') },
    { id: '365', label: t('Year') },
  ] as const
type Span = ReturnType<typeof spans>[number]['id']
const eventWords = (): Record<Event, string> => ({
  install: t('Installs'),
  use: t('Uses'),
  result: t('Results'),
})
const events: readonly Event[] = ['install', 'use', 'result']

/** How often the account's skills were installed and used. */
export function UsagePage(): ReactNode {
  const [span, setSpan] = useState<Span>('30')
  const query = useGet<Usage>(`/api/usage?days=${span}`)
  return (
    <Page
      title={t('Usage')}
      subtitle={t('How often your skills were installed and used, by day. Nobody is told apart.')}
      actions={<Segmented label={t('How far back')} value={span} onChange={setSpan} choices={spans()} />}
    >
      <Answered query={query} label={t('Loading the usage')}>
        {({ days, fewerThan }) =>
          days.length === 0 ? (
            <Empty icon={ChartNoAxesColumn} title={t('Nothing was counted yet')}>
              {t('Installs and uses appear here once there are some.')}
            </Empty>
          ) : (
            [...new Set(days.map(({ slug }) => slug))].toSorted().map((slug) => (
              <Section key={slug} title={slug}>
                <div className="grid grid-cols-3 gap-6">
                  {events.map((event) => (
                    <Chart
                      key={event}
                      label={eventWords()[event]}
                      days={days.filter((day) => day.slug === slug && day.event === event)}
                      span={Number(span)}
                      fewerThan={fewerThan}
                    />
                  ))}
                </div>
              </Section>
            ))
          )
        }
      </Answered>
    </Page>
  )
}

/** A bar for each day, with the same in words for whoever can't see it. */
function Chart({
  label,
  days,
  span,
  fewerThan,
}: {
  label: string
  days: Usage['days']
  span: number
  fewerThan: number
}): ReactNode {
  const [now] = useState(() => Date.now())
  const highest = Math.max(fewerThan, ...days.map(({ count }) => count ?? 0))
  const exact = days.reduce((sum, { count }) => sum + (count ?? 0), 0)
  const blurred = days.some(({ count }) => count === null)
  const total =
    exact === 0 && blurred
      ? t('fewer than {{number}} a day', { number: fewerThan })
      : blurred
        ? t('{{number}} or a few more', { number: exact })
        : formatCount(exact)
  const inWords = days.map(({ day, count }) =>
    t('{{day}}: {{number}}', {
      day: formatDate(day),
      number: count === null ? t('fewer than {{number}}', { number: fewerThan }) : formatCount(count),
    }),
  )
  const place = (day: string) => span - 1 - Math.floor((now - Date.parse(day)) / 86_400_000)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2">
        <span className="font-medium">{label}</span>
        <span className="block text-ink-2">{days.length === 0 ? t('none') : total}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={t('{{what}} by day: {{days}}', {
          what: label,
          days: inWords.length === 0 ? t('none') : joinList(inWords),
        })}
        viewBox={`0 0 ${span} 40`}
        preserveAspectRatio="none"
        className="h-16 w-full border-b border-line"
      >
        {days.map(({ day, count }) => {
          const height = ((count ?? fewerThan / 2) / highest) * 38
          return (
            <rect
              key={day}
              x={place(day) + 0.1}
              y={40 - height}
              width={0.8}
              height={height}
              fill={count === null ? 'var(--edge)' : 'var(--brand)'}
            />
          )
        })}
      </svg>
    </figure>
  )
}
