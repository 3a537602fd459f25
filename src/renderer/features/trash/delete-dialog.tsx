import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { TrashedSkill } from '../../../shared/contract/library.ts'
import { t } from '../../../shared/i18n/t.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { useNotice } from '../../ui/toast.tsx'

/** Deleting for good can't be undone, so this asks first. `target` null: everything that was removed. */
export function DeleteDialog({
  target,
  count,
  onClose,
}: {
  target: TrashedSkill | null
  count: number
  onClose: () => void
}): ReactNode {
  const client = useQueryClient()
  const notify = useNotice()
  const empty = useChange('trash.empty')
  // It may be withdrawn by now, or have come from a file.
  const listed = useCall('catalog.show', { slug: target?.slug ?? '' }, { enabled: target !== null })
  const done = async () => {
    onClose()
    notify({
      text:
        target === null
          ? t('{{count}} removed skills were deleted for good.', { count })
          : t('{{title}} was deleted for good.', { title: target.title }),
    })
    await refresh(client, staleAfter.trash)
  }
  return (
    <DecisionDialog
      error={empty.error}
      isOpen
      onClose={onClose}
      role="alertdialog"
      width="narrow"
      title={
        target === null
          ? t('Delete {{count}} removed skills for good?', { count })
          : t('Delete {{title}} for good?', { title: target.title })
      }
      footer={
        <>
          <Button onPress={onClose}>{t('Keep')}</Button>
          <Button
            isPending={empty.isPending}
            onPress={() => empty.mutate({ undoId: target?.undoId ?? null }, { onSuccess: done })}
          >
            {t('Delete for good')}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        {target === null
          ? t('This can’t be undone. What they had saved is deleted too.')
          : t('This can’t be undone. What it had saved is deleted too.')}
        {listed.isSuccess ? ` ${t('You can install it again from Discover.')}` : ''}
      </p>
    </DecisionDialog>
  )
}
