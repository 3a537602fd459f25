import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { refresh, staleAfter, useChange } from '../query.ts'
import { Button } from './button.tsx'
import { SecretInput } from './field.tsx'

/** Takes the passphrase of the keys, wherever something waits for it. */
export function UnlockForm({ onUnlocked }: { onUnlocked?: (() => void) | undefined }): ReactNode {
  const client = useQueryClient()
  const [passphrase, setPassphrase] = useState('')
  const unlock = useChange('secrets.unlock')
  if (unlock.isSuccess && onUnlocked === undefined)
    return <p role="status">{t('Your keys are unlocked. Now try again.')}</p>
  return (
    <form
      className="mt-3 flex max-w-md flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (passphrase === '' || unlock.isPending) return
        unlock.mutate(
          { passphrase },
          {
            onSuccess: () => {
              void refresh(client, staleAfter.keys)
              onUnlocked?.()
            },
            onSettled: () => setPassphrase(''),
          },
        )
      }}
    >
      <SecretInput label={t('Passphrase')} value={passphrase} onChange={setPassphrase} />
      {unlock.error === null ? null : (
        <p role="alert" className="text-sm font-medium text-bad">
          {unlock.error.message} {unlock.error.remedy}
        </p>
      )}
      <div>
        <Button type="submit" look="primary" isDisabled={passphrase === ''} isPending={unlock.isPending}>
          {t('Unlock')}
        </Button>
      </div>
    </form>
  )
}
