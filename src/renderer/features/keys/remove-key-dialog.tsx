import type { ReactNode } from 'react'
import type { SecretInfo } from '../../../shared/contract/keys.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { joinList } from '../../ui/format.ts'

/** Removing a key can't be undone, because nobody but the keychain has it: so this asks first. */
export function RemoveKeyDialog({
  secret,
  title,
  onClose,
  onRemoved,
}: {
  secret: SecretInfo
  title: string
  onClose: () => void
  onRemoved: () => void
}): ReactNode {
  const remove = useChange('secrets.remove')
  return (
    <DecisionDialog
      error={remove.error}
      isOpen
      onClose={onClose}
      role="alertdialog"
      width="narrow"
      title={`Remove ${title}?`}
      footer={
        <>
          <Button onPress={onClose}>Keep it</Button>
          <Button
            isPending={remove.isPending}
            onPress={() =>
              remove.mutate({ name: secret.name, skill: secret.skill }, { onSuccess: onRemoved })
            }
          >
            Remove
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        This can’t be undone: to use it again you will have to enter it again.
        {secret.usedBy.length === 0
          ? ''
          : ` Until then ${joinList(secret.usedBy.map((use) => use.title))} can’t use it.`}
      </p>
    </DecisionDialog>
  )
}
