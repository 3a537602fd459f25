import { Package } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { formatDate } from '../../../renderer/ui/format.ts'
import { may, useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { navigate, toHref } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import type { Bundle } from './bundle.ts'
import { t } from '../../../shared/i18n/t.ts'

/** Named sets of skills that a team shares. */
export function BundlesPage(): ReactNode {
  const me = useMe()
  const query = useGet<{ bundles: readonly Bundle[] }>('/api/bundles')
  return (
    <Page
      title={t('Bundles')}
      subtitle={t(
        'Sets of skills that belong together, to share by a link or to keep on a fleet’s machines.',
      )}
      actions={may(me, 'write:bundles') ? <MakeBundle /> : undefined}
    >
      <Answered query={query} label={t('Loading the bundles')}>
        {({ bundles }) =>
          bundles.length === 0 ? (
            <Empty icon={Package} title={t('No bundles yet')}>
              {may(me, 'write:bundles')
                ? t('Make one, put skills into it, and share it.')
                : t('An administrator of the account makes them.')}
            </Empty>
          ) : (
            <Table label={t('Bundles')} columns={[t('Bundle'), t('Pushed'), t('Made')]}>
              {bundles.map((bundle) => (
                <tr key={bundle.id}>
                  <td>
                    <TextLink href={toHref('bundles', bundle.id)}>{bundle.title}</TextLink>
                    <br />
                    <bdi className="text-ink-2">{bundle.description}</bdi>
                  </td>
                  <td className="whitespace-nowrap text-ink-2">
                    {bundle.revision === 0
                      ? t('never')
                      : t('revision {{revision}}', { revision: bundle.revision })}
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{formatDate(bundle.createdAt)}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
    </Page>
  )
}

function MakeBundle(): ReactNode {
  const make = useChange<object, Bundle>((api, body) => api.call('POST', '/api/bundles', body))
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 64)
  return (
    <FormDialog
      label={t('Make a bundle')}
      title={t('Make a bundle')}
      submit={t('Make the bundle')}
      look="primary"
      isReady={name !== ''}
      onOpen={() => {
        setTitle('')
        setDescription('')
      }}
      onSubmit={async () => {
        const { id } = await make.mutateAsync({ name, title: title.trim(), description })
        navigate(toHref('bundles', id))
      }}
    >
      <TextInput label={t('What it is called')} value={title} onChange={setTitle} maxLength={120} autoFocus />
      <TextInput
        label={t('What it is for')}
        required={false}
        value={description}
        onChange={setDescription}
        maxLength={2000}
      />
    </FormDialog>
  )
}
