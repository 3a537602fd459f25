import type { ReactNode } from 'react'
import type { SecretInfo } from '../../../shared/contract/keys.ts'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { joinList } from '../../ui/format.ts'

/** Removing a key can't be undone, because nobody else has it: so this asks first. */
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
      title={t('Remove {{title}}?', { title })}
      footer={
        <>
          <Button onPress={onClose}>{t('Keep it')}</Button>
          <Button
            isPending={remove.isPending}
            onPress={() =>
              remove.mutate({ name: secret.name, skill: secret.skill }, { onSuccess: onRemoved })
            }
          >
            {t('Remove')}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        {t('This can’t be undone: to use it again you will have to enter it again.')}
        {secret.usedBy.length === 0
          ? ''
          : ` ${t('Until then {{skills}} can’t use it.', { skills: joinList(secret.usedBy.map((use) => use.title)) })}`}
      </p>
    </DecisionDialog>
  )
}
