import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'

/** Without its passphrase the file is of no use: the only way on is to begin anew. */
export function DiscardDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }): ReactNode {
  const discard = useChange('secrets.discardVault')
  return (
    <DecisionDialog
      error={discard.error}
      isOpen
      onClose={onClose}
      role="alertdialog"
      width="narrow"
      title={t('Delete all your keys?')}
      footer={
        <>
          <Button onPress={onClose}>{t('Keep them')}</Button>
          <Button isPending={discard.isPending} onPress={() => discard.mutate(null, { onSuccess: onDone })}>
            {t('Delete')}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        {t(
          'Nobody can look the passphrase up, and without it your keys can’t be read. You can delete them and enter them again. This can’t be undone.',
        )}
      </p>
    </DecisionDialog>
  )
}
