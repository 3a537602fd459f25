import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { TrashedSkill } from '../../../shared/contract/library.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { DecisionDialog } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
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
  const what = target?.title ?? plural(count, 'removed skill')
  const done = async () => {
    onClose()
    notify({ text: `${what} ${target === null && count !== 1 ? 'were' : 'was'} deleted for good.` })
    await refresh(client, staleAfter.trash)
  }
  return (
    <DecisionDialog
      error={empty.error}
      isOpen
      onClose={onClose}
      role="alertdialog"
      width="narrow"
      title={`Delete ${what} for good?`}
      footer={
        <>
          <Button onPress={onClose}>Keep</Button>
          <Button
            isPending={empty.isPending}
            onPress={() => empty.mutate({ undoId: target?.undoId ?? null }, { onSuccess: done })}
          >
            Delete for good
          </Button>
        </>
      }
    >
      <p className="text-ink-2">
        This can’t be undone. What {target === null ? 'they' : 'it'} had saved is deleted too.
        {listed.isSuccess ? ' You can install it again from Discover.' : ''}
      </p>
    </DecisionDialog>
  )
}
