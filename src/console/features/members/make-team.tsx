import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { useApi, useChange } from '../../query.ts'
import { navigate } from '../../route.ts'
import { FormDialog } from '../../ui/dialog.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** A team of its own, administered by whoever makes it; the console goes on in it. */
export function MakeTeam(): ReactNode {
  const api = useApi()
  const client = useQueryClient()
  const make = useChange<object, unknown>((to, body) => to.call('POST', '/api/accounts', body))
  const [name, setName] = useState('')
  const [title, setTitle] = useState('')
  return (
    <FormDialog
      label={t('New team')}
      title={t('Make a team')}
      submit={t('Make the team')}
      isReady={/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && title.trim() !== ''}
      onOpen={() => {
        setName('')
        setTitle('')
      }}
      onSubmit={async () => {
        await make.mutateAsync({ name, title: title.trim() })
        api.choose(name)
        navigate('#/')
        await client.resetQueries()
      }}
    >
      <TextInput label={t('What it is called')} value={title} onChange={setTitle} maxLength={120} autoFocus />
      <TextInput
        label={t('Name as a publisher')}
        description={t('Small letters, numbers and hyphens; it stands in skill.toml and never changes.')}
        value={name}
        onChange={setName}
        maxLength={64}
      />
    </FormDialog>
  )
}
