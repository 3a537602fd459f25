import { useState, type ReactNode } from 'react'
import type { SecretRef } from '../../../shared/contract/keys.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { SecretInput } from '../../ui/field.tsx'

/** Adds or replaces one key. */
export function SetKeyDialog({
  target,
  onClose,
  onSaved,
}: {
  target: SecretRef & { title: string; replaces: boolean }
  onClose: () => void
  onSaved: () => void
}): ReactNode {
  const [value, setValue] = useState('')
  const set = useChange('secrets.set')
  const trimmed = value.trim()
  const save = () => {
    if (trimmed !== '')
      set.mutate({ name: target.name, skill: target.skill, value: trimmed }, { onSuccess: onSaved })
  }
  return (
    <DecisionDialog
      error={set.error}
      isOpen
      onClose={onClose}
      width="narrow"
      title={`${target.replaces ? 'Replace' : 'Add'} ${target.title}`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={trimmed === ''} isPending={set.isPending} onPress={save}>
            {target.replaces ? 'Replace' : 'Keep it'}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <SecretInput
          label={target.title}
          value={value}
          onChange={setValue}
          autoFocus
          description="It goes straight into this computer’s keychain. Skillet shows only its last four characters afterwards."
        />
      </form>
    </DecisionDialog>
  )
}
