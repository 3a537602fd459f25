import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Button } from '../../../renderer/ui/button.tsx'
import { formatAgo, plural } from '../../../renderer/ui/format.ts'
import { useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Table } from '../../ui/table.tsx'
import { eventWords } from './event-words.ts'

interface Delivery {
  readonly id: string
  readonly event: string
  readonly state: 'waiting' | 'delivered' | 'failed'
  readonly attempts: number
  /** What the server answered with; null: it didn't. */
  readonly status: number | null
  readonly at: string
}

const looks = {
  waiting: { label: 'Under way', tone: 'neutral' },
  delivered: { label: 'Arrived', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
} as const

/** What was sent lately, for whoever wants to see it. */
export function Deliveries({ path }: { path: string }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  if (!isOpen)
    return (
      <Button look="quiet" size="small" className="mt-2 -ml-3" onPress={() => setOpen(true)}>
        Show what was sent
      </Button>
    )
  return (
    <div className="mt-4">
      <List path={path} />
    </div>
  )
}

function List({ path }: { path: string }): ReactNode {
  const query = useGet<{ deliveries: readonly Delivery[] }>(path, {
    everyMs: (data) => (data?.deliveries.some(({ state }) => state === 'waiting') === true ? 2000 : false),
  })
  return (
    <Answered query={query} label="Loading what was sent">
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p className="text-ink-2">Nothing was sent yet.</p>
        ) : (
          <Table label="Sent" columns={['What', 'State', 'Answer', 'When']}>
            {deliveries.map((delivery) => (
              <tr key={delivery.id}>
                <td>{eventWords[delivery.event] ?? delivery.event}</td>
                <td>
                  <Badge tone={looks[delivery.state].tone}>{looks[delivery.state].label}</Badge>
                </td>
                <td className="text-ink-2">
                  {delivery.status ?? 'none'}, {plural(delivery.attempts, 'attempt')}
                </td>
                <td className="whitespace-nowrap text-ink-2">{formatAgo(delivery.at)}</td>
              </tr>
            ))}
          </Table>
        )
      }
    </Answered>
  )
}
