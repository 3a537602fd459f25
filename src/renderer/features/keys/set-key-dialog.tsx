import { useState, type ReactNode } from 'react'
import type { KeyPlace, SecretRef } from '../../../shared/contract/keys.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Choose } from '../../ui/choose.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { SecretInput } from '../../ui/field.tsx'

export interface KeyToSet extends SecretRef {
  readonly title: string
  readonly replaces: boolean
  /** The installed skills that ask for a key of this name. */
  readonly askedBy: readonly { slug: string; title: string }[]
}

const everybody = '*'

/** Adds or replaces one key. Where several skills ask for one of that name, the person says whose it is. */
export function SetKeyDialog({
  target,
  kind,
  onClose,
  onSaved,
}: {
  target: KeyToSet
  kind: KeyPlace['kind']
  onClose: () => void
  onSaved: () => void
}): ReactNode {
  const [value, setValue] = useState('')
  const [whose, setWhose] = useState(target.skill ?? everybody)
  const set = useChange('secrets.set')
  const trimmed = value.trim()
  const save = () => {
    const skill = whose === everybody ? null : whose
    if (trimmed !== '') set.mutate({ name: target.name, skill, value: trimmed }, { onSuccess: onSaved })
  }
  const { title } = target
  return (
    <DecisionDialog
      error={set.error}
      isOpen
      onClose={onClose}
      width="narrow"
      title={target.replaces ? t('Replace {{title}}', { title }) : t('Add {{title}}', { title })}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button look="primary" isDisabled={trimmed === ''} isPending={set.isPending} onPress={save}>
            {target.replaces ? t('Replace') : t('Keep it')}
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
        <SecretInput
          label={title}
          value={value}
          onChange={setValue}
          autoFocus
          description={placeWords(kind)}
        />
        {target.replaces || target.askedBy.length < 2 ? null : (
          <div className="flex flex-col items-start gap-1.5">
            <p className="font-medium">{t('Who may use it?')}</p>
            <Choose
              label={t('Who may use it?')}
              value={whose}
              onChange={setWhose}
              choices={[
                { id: everybody, label: t('All skills that ask for it') },
                ...target.askedBy.map((skill) => ({
                  id: skill.slug,
                  label: t('Only {{skill}}', { skill: skill.title }),
                })),
              ]}
            />
          </div>
        )}
      </form>
    </DecisionDialog>
  )
}

function placeWords(kind: KeyPlace['kind']): string {
  switch (kind) {
    case 'keychain':
      return t(
        'It goes straight into this computer’s keychain. Skillet shows only its last four characters afterwards.',
      )
    case 'vault':
      return t(
        'It goes into the file that your passphrase protects. Skillet shows only its last four characters afterwards.',
      )
    case 'session':
      return t(
        'Skillet keeps it in memory until you close it, and shows only its last four characters afterwards.',
      )
  }
}
