import { useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { SecretInput } from '../../ui/field.tsx'

type What = 'protect' | 'change' | 'rotate'

const words = (): Record<What, { title: string; about: string; button: string; done: string }> => ({
  protect: {
    title: t('Protect your keys with a passphrase'),
    about: t(
      'Take several words that you can remember. Nobody can look them up for you: without them your keys are lost.',
    ),
    button: t('Protect'),
    done: t('Your keys are protected by your passphrase.'),
  },
  change: {
    title: t('Change the passphrase'),
    about: t('All keys are encrypted anew. The old passphrase opens nothing that you keep from now on.'),
    button: t('Change'),
    done: t('The passphrase was changed.'),
  },
  rotate: {
    title: t('Encrypt all keys anew'),
    about: t('Your keys get a new encryption under the same passphrase.'),
    button: t('Encrypt anew'),
    done: t('All keys were encrypted anew.'),
  },
})

/** Chooses a passphrase, changes it, or uses it to encrypt anew. What is typed stays in this dialog. */
export function PassphraseDialog({
  what,
  onClose,
  onDone,
}: {
  what: What
  onClose: () => void
  onDone: (text: string) => void
}): ReactNode {
  const [current, setCurrent] = useState('')
  const [chosen, setChosen] = useState('')
  const [again, setAgain] = useState('')
  const protect = useChange('secrets.protect')
  const rekey = useChange('secrets.rekey')
  const { title, about, button, done } = words()[what]
  const isPending = protect.isPending || rekey.isPending
  const ready =
    (what === 'protect' || current !== '') && (what === 'rotate' || (chosen !== '' && chosen === again))
  const save = () => {
    if (!ready || isPending) return
    const onSuccess = () => onDone(done)
    if (what === 'protect') protect.mutate({ passphrase: chosen }, { onSuccess })
    else rekey.mutate({ passphrase: current, next: what === 'rotate' ? current : chosen }, { onSuccess })
  }
  return (
    <DecisionDialog
      error={protect.error ?? rekey.error}
      isOpen
      onClose={onClose}
      width="narrow"
      title={title}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button look="primary" isDisabled={!ready} isPending={isPending} onPress={save}>
            {button}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <p className="text-ink-2">{about}</p>
        {what === 'protect' ? null : (
          <SecretInput label={t('Passphrase')} value={current} onChange={setCurrent} autoFocus />
        )}
        {what === 'rotate' ? null : (
          <>
            <SecretInput
              label={t('New passphrase')}
              value={chosen}
              onChange={setChosen}
              autoFocus={what === 'protect'}
              description={t('At least 10 characters.')}
            />
            <SecretInput
              label={t('The same again')}
              value={again}
              onChange={setAgain}
              {...(again !== '' && !chosen.startsWith(again)
                ? { description: t('The two are not the same.') }
                : {})}
            />
          </>
        )}
        {/* Enter sends a form of several fields only where it has a button. */}
        <button type="submit" hidden aria-label={button} />
      </form>
    </DecisionDialog>
  )
}
