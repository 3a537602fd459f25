import { Boxes } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Choose } from '../../../renderer/ui/choose.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { may, useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import type { Bundle } from '../bundles/bundle.ts'
import type { Fleet } from './fleet.ts'
import { WithdrawnOnMachines } from './withdrawn.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** Machines that hold what one bundle says. */
export function FleetsPage(): ReactNode {
  const me = useMe()
  const query = useGet<{ fleets: readonly Fleet[] }>('/api/fleets')
  const bundles = useGet<{ bundles: readonly Bundle[] }>('/api/bundles')
  const mayChange = may(me, 'write:fleets') && (bundles.data?.bundles.length ?? 0) > 0
  return (
    <Page
      title={t('Fleets')}
      subtitle={t('Machines that hold what a bundle says and tell what they hold.')}
      actions={mayChange ? <MakeFleet bundles={bundles.data?.bundles ?? []} /> : undefined}
    >
      <WithdrawnOnMachines />
      <Answered query={query} label={t('Loading the fleets')}>
        {({ fleets }) =>
          fleets.length === 0 ? (
            <Empty icon={Boxes} title={t('No fleets yet')}>
              {t('Make a bundle first, then a fleet for it; fleets come with the Operator plan.')}
            </Empty>
          ) : (
            <Table label={t('Fleets')} columns={[t('Fleet'), t('Follows'), t('Machines')]}>
              {fleets.map((fleet) => (
                <tr key={fleet.id}>
                  <td>
                    <TextLink href={toHref('fleets', fleet.id)}>{fleet.name}</TextLink>
                  </td>
                  <td className="text-ink-2">
                    {fleet.revision === null
                      ? t('{{bundle}}, not pushed yet', { bundle: fleet.bundle.title })
                      : t('{{bundle}}, revision {{revision}}', {
                          bundle: fleet.bundle.title,
                          revision: fleet.revision,
                        })}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    {t('{{count}} machines', { count: fleet.machines })}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
    </Page>
  )
}

function MakeFleet({ bundles }: { bundles: readonly Bundle[] }): ReactNode {
  const make = useChange<object, unknown>((api, body) => api.call('POST', '/api/fleets', body))
  const [name, setName] = useState('')
  const [bundle, setBundle] = useState(bundles[0]?.id ?? '')
  return (
    <FormDialog
      label={t('Make a fleet')}
      title={t('Make a fleet')}
      submit={t('Make the fleet')}
      look="primary"
      isReady={/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && bundle !== ''}
      onOpen={() => {
        setName('')
        setBundle(bundles[0]?.id ?? '')
      }}
      onSubmit={() => make.mutateAsync({ name, bundle })}
    >
      <TextInput
        label={t('Name')}
        description={t('Small letters, numbers and hyphens: support-desks')}
        value={name}
        onChange={setName}
        maxLength={64}
        autoFocus
      />
      <div className="flex items-center justify-between gap-4">
        <span className="font-medium">{t('It holds')}</span>
        <Choose
          label={t('Bundle')}
          value={bundle}
          onChange={setBundle}
          choices={bundles.map(({ id, title }) => ({ id, label: title }))}
        />
      </div>
    </FormDialog>
  )
}
