import { useState, type ReactNode } from 'react'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { may, useMe } from '../../me.ts'
import { useChange } from '../../query.ts'
import { CheckList } from '../../ui/check-list.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { LifeTime, type Days } from '../../ui/life-time.tsx'
import { scopeWords } from '../../words.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What an account's own keys are for; the others belong to fleets' machines and to the registry's staff. */
const offered = [
  'read:catalog',
  'write:publish',
  'read:usage',
  'read:bundles',
  'write:bundles',
  'read:installs',
  'write:fleets',
  'write:webhooks',
]

export function MakeKey({ onMade }: { onMade: (key: string) => void }): ReactNode {
  const me = useMe()
  const make = useChange<object, { key: string }>((api, body) => api.call('POST', '/api/account/keys', body))
  const [label, setLabel] = useState('')
  const [scopes, setScopes] = useState<string[]>([])
  const [days, setDays] = useState<Days>('90')
  return (
    <FormDialog
      label={t('Make a key')}
      title={t('Make a key')}
      submit={t('Make the key')}
      look="primary"
      isReady={label.trim() !== '' && scopes.length > 0}
      onOpen={() => {
        setLabel('')
        setScopes(['read:catalog', 'write:publish'])
      }}
      onSubmit={async () => {
        const limit = days === 'never' ? {} : { days: Number(days) }
        onMade((await make.mutateAsync({ label: label.trim(), scopes, ...limit })).key)
      }}
    >
      <TextInput
        label={t('What is it for?')}
        description={t('For example: publishing from the build server')}
        value={label}
        onChange={setLabel}
        maxLength={120}
        autoFocus
      />
      <CheckList
        label={t('It may')}
        value={scopes}
        onChange={setScopes}
        choices={offered
          .filter((scope) => may(me, scope))
          .map((id) => ({ id, label: scopeWords()[id] ?? id }))}
      />
      <LifeTime value={days} onChange={setDays} />
    </FormDialog>
  )
}
