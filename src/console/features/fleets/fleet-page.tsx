import { Monitor } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatAgo } from '../../../renderer/ui/format.ts'
import { may, useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { navigate } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { LifeTime, type Days } from '../../ui/life-time.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import type { Fleet, Machine } from './fleet.ts'
import { Push } from './push.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** What the machines of one fleet hold: which are behind, silent, or hold what was withdrawn. */
export function FleetPage({ id }: { id: string }): ReactNode {
  const me = useMe()
  const path = `/api/fleets/${encodeURIComponent(id)}`
  const fleets = useGet<{ fleets: readonly Fleet[] }>('/api/fleets')
  const query = useGet<{ revision: number | null; machines: readonly Machine[] }>(`${path}/machines`)
  const remove = useChange<null, null>((api) => api.call('DELETE', path))
  const [key, setKey] = useState<string | null>(null)
  const fleet = fleets.data?.fleets.find((one) => one.id === id)
  return (
    <Page
      title={fleet?.name ?? t('A fleet')}
      subtitle={
        fleet === undefined
          ? undefined
          : fleet.revision === null
            ? t('Follows {{bundle}}; nothing was pushed yet.', { bundle: fleet.bundle.title })
            : t('Follows {{bundle}}, revision {{revision}}.', {
                bundle: fleet.bundle.title,
                revision: fleet.revision,
              })
      }
      back={{ href: '#/fleets', label: t('Fleets') }}
      actions={
        may(me, 'write:fleets') ? (
          <>
            <Confirm
              label={t('Delete')}
              title={
                fleet === undefined ? t('Delete the fleet?') : t('Delete {{name}}?', { name: fleet.name })
              }
              submit={t('Delete the fleet')}
              onConfirm={async () => {
                await remove.mutateAsync(null)
                navigate('#/fleets')
              }}
            >
              {t('Its keys end at once, and what its machines told is deleted.')}
            </Confirm>
            <FleetKey path={path} onMade={setKey} />
            {fleet === undefined ? null : <Push fleet={fleet} />}
          </>
        ) : undefined
      }
    >
      <Answered query={query} label={t('Loading the machines')}>
        {({ machines }) =>
          machines.length === 0 ? (
            <Empty icon={Monitor} title={t('No machine has been heard of')}>
              {t('Make a key for the fleet and give it to its machines.')}
            </Empty>
          ) : (
            <Table label={t('Machines')} columns={[t('Machine'), t('State'), t('Heard of'), t('Holds')]}>
              {machines.map((machine) => (
                <tr key={machine.id}>
                  <td className="font-medium break-words">{machine.name}</td>
                  <td>
                    <MachineState machine={machine} />
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatAgo(machine.seenAt)}</td>
                  <td className="text-ink-2">
                    {machine.skills.map(({ slug, version, withdrawn }) => (
                      <span key={slug} className={`block ${withdrawn === null ? '' : 'text-bad'}`}>
                        {withdrawn === null
                          ? `${slug} ${version}`
                          : t('{{release}}, withdrawn: {{reason}}', {
                              release: `${slug} ${version}`,
                              reason: withdrawn,
                            })}
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
      <KeyOnce title={t('A key for this fleet')} value={key} onClose={() => setKey(null)}>
        {t('Give it to the fleet’s machines. It is shown only this once; you can end it under API keys.')}
      </KeyOnce>
    </Page>
  )
}

function MachineState({ machine }: { machine: Machine }): ReactNode {
  if (machine.skills.some(({ withdrawn }) => withdrawn !== null))
    return <Badge tone="bad">{t('Holds what was withdrawn')}</Badge>
  if (machine.silent) return <Badge tone="warn">{t('Silent for a month')}</Badge>
  if (machine.behind) return <Badge tone="warn">{t('Behind')}</Badge>
  return <Badge tone="ok">{t('Up to date')}</Badge>
}

function FleetKey({ path, onMade }: { path: string; onMade: (key: string) => void }): ReactNode {
  const make = useChange<object, { key: string }>((api, body) => api.call('POST', `${path}/keys`, body))
  const [label, setLabel] = useState('')
  const [days, setDays] = useState<Days>('365')
  return (
    <FormDialog
      label={t('Make a key')}
      title={t('Make a key for its machines')}
      submit={t('Make the key')}
      isReady={label.trim() !== ''}
      onOpen={() => setLabel('')}
      onSubmit={async () => {
        const limit = days === 'never' ? {} : { days: Number(days) }
        onMade((await make.mutateAsync({ label: label.trim(), ...limit })).key)
      }}
    >
      <TextInput label={t('What is it for?')} value={label} onChange={setLabel} maxLength={120} autoFocus />
      <LifeTime value={days} onChange={setDays} />
    </FormDialog>
  )
}
