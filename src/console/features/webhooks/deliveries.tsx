import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Button } from '../../../renderer/ui/button.tsx'
import { formatAgo, plural } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
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
  tried: { label: 'Tried, and is tried again', tone: 'warn' },
  delivered: { label: 'Arrived', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
} as const

function lookOf({ state, attempts }: Delivery) {
  return looks[state === 'waiting' && attempts > 0 ? 'tried' : state]
}

function isUnderWay({ state }: Delivery): boolean {
  return state === 'waiting'
}

/** What was sent lately, for whoever wants to see it. */
export function Deliveries({ path, isOn }: { path: string; isOn: boolean }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  if (!isOpen)
    return (
      <Button look="quiet" size="small" className="mt-2 -ml-3" onPress={() => setOpen(true)}>
        Show what was sent
      </Button>
    )
  return (
    <div className="mt-4">
      <List path={path} isOn={isOn} />
    </div>
  )
}

function List({ path, isOn }: { path: string; isOn: boolean }): ReactNode {
  const query = useGet<{ deliveries: readonly Delivery[] }>(path, {
    everyMs: (data) => (isOn && data?.deliveries.some(isUnderWay) === true ? 2000 : 15_000),
  })
  const again = useChange<string, unknown>((api, id) => api.call('POST', `${path}/${id}/again`))
  return (
    <Answered query={query} label="Loading what was sent">
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p className="text-ink-2">Nothing was sent yet.</p>
        ) : (
          <Table label="Sent" columns={['What', 'State', 'Answer', 'When', 'Actions']}>
            {deliveries.map((delivery) => (
              <tr key={delivery.id}>
                <td>{eventWords[delivery.event] ?? delivery.event}</td>
                <td>
                  <Badge tone={lookOf(delivery).tone}>{lookOf(delivery).label}</Badge>
                </td>
                <td className="text-ink-2">
                  {delivery.status ?? 'none'}, {plural(delivery.attempts, 'attempt')}
                </td>
                <td className="whitespace-nowrap text-ink-2">{formatAgo(delivery.at)}</td>
                <td className="text-right">
                  {isOn && delivery.state !== 'delivered' && delivery.attempts > 0 ? (
                    <Button
                      size="small"
                      isPending={again.isPending && again.variables === delivery.id}
                      onPress={() => again.mutate(delivery.id)}
                    >
                      Send again
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </Table>
        )
      }
    </Answered>
  )
}
