import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Button } from '../../../renderer/ui/button.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { useChange, useGet } from '../../query.ts'
import { Answered } from '../../ui/answered.tsx'
import { Table } from '../../ui/table.tsx'
import { eventWords } from './event-words.ts'
import { t } from '../../../shared/i18n/t.ts'

interface Delivery {
  readonly id: string
  readonly event: string
  readonly state: 'waiting' | 'delivered' | 'failed'
  readonly attempts: number
  /** What the server answered with; null: it didn't. */
  readonly status: number | null
  readonly at: string
}

const looks = () =>
  ({
    waiting: { label: t('Under way'), tone: 'neutral' },
    tried: { label: t('Tried, and is tried again'), tone: 'warn' },
    delivered: { label: t('Arrived'), tone: 'ok' },
    failed: { label: t('Failed'), tone: 'bad' },
  }) as const

function lookOf({ state, attempts }: Delivery) {
  return looks()[state === 'waiting' && attempts > 0 ? 'tried' : state]
}

function isUnderWay({ state }: Delivery): boolean {
  return state === 'waiting'
}

/** What was sent lately, for whoever wants to see it. */
export function Deliveries({ path, isOn }: { path: string; isOn: boolean }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  if (!isOpen)
    return (
      <Button look="quiet" size="small" className="mt-2 -ms-3" onPress={() => setOpen(true)}>
        {t('Show what was sent')}
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
    <Answered query={query} label={t('Loading what was sent')}>
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p className="text-ink-2">{t('Nothing was sent yet.')}</p>
        ) : (
          <Table
            label={t('Sent')}
            columns={[t('What'), t('State'), t('Their answer'), t('When'), t('Actions')]}
          >
            {deliveries.map((delivery) => (
              <tr key={delivery.id}>
                <td>{eventWords()[delivery.event] ?? delivery.event}</td>
                <td>
                  <Badge tone={lookOf(delivery).tone}>{lookOf(delivery).label}</Badge>
                </td>
                <td className="text-ink-2">
                  {t('{{answer}}, {{count}} attempts', {
                    answer: delivery.status === null ? t('none') : String(delivery.status),
                    count: delivery.attempts,
                  })}
                </td>
                <td className="whitespace-nowrap text-ink-2">{formatAgo(delivery.at)}</td>
                <td className="text-end">
                  {isOn && delivery.state !== 'delivered' && delivery.attempts > 0 ? (
                    <Button
                      size="small"
                      isPending={again.isPending && again.variables === delivery.id}
                      onPress={() => again.mutate(delivery.id)}
                    >
                      {t('Send again')}
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
