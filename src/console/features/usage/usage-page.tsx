import { ChartNoAxesColumn } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { formatCount, formatDate } from '../../../renderer/ui/format.ts'
import { Section } from '../../../renderer/ui/page.tsx'
import { Segmented } from '../../../renderer/ui/segmented.tsx'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Page } from '../../ui/page.tsx'

type Event = 'install' | 'use' | 'result'
interface Usage {
  /** Counts below this are not told exactly. */
  readonly fewerThan: number
  /** `count` null: fewer than `fewerThan`. */
  readonly days: readonly { day: string; slug: string; event: Event; count: number | null }[]
}

const spans = [
  { id: '7', label: 'Week' },
  { id: '30', label: 'Month' },
  { id: '365', label: 'Year' },
] as const
const eventWords: Record<Event, string> = { install: 'Installs', use: 'Uses', result: 'Results' }
const events: readonly Event[] = ['install', 'use', 'result']

/** How often the account's skills were installed and used. */
export function UsagePage(): ReactNode {
  const [span, setSpan] = useState<(typeof spans)[number]['id']>('30')
  const query = useGet<Usage>(`/api/usage?days=${span}`)
  return (
    <Page
      title="Usage"
      subtitle="How often your skills were installed and used, by day. Nobody is told apart."
      actions={<Segmented label="How far back" value={span} onChange={setSpan} choices={spans} />}
    >
      <Answered query={query} label="Loading the usage">
        {({ days, fewerThan }) =>
          days.length === 0 ? (
            <Empty icon={ChartNoAxesColumn} title="Nothing was counted yet">
              Installs and uses appear here once there are some.
            </Empty>
          ) : (
            [...new Set(days.map(({ slug }) => slug))].toSorted().map((slug) => (
              <Section key={slug} title={slug}>
                <div className="grid grid-cols-3 gap-6">
                  {events.map((event) => (
                    <Chart
                      key={event}
                      label={eventWords[event]}
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
      ? `fewer than ${fewerThan} a day`
      : `${formatCount(exact)}${blurred ? ' or a few more' : ''}`
  const place = (day: string) => span - 1 - Math.floor((now - Date.parse(day)) / 86_400_000)
  return (
    <figure className="min-w-0">
      <figcaption className="mb-2">
        <span className="font-medium">{label}</span>
        <span className="block text-ink-2">{days.length === 0 ? 'none' : total}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`${label} by day: ${
          days.length === 0
            ? 'none'
            : days
                .map(({ day, count }) => `${formatDate(day)} ${count ?? `fewer than ${fewerThan}`}`)
                .join(', ')
        }`}
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
