import type { ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { FormDialog } from '../../ui/dialog.tsx'
import { t } from '../../../shared/i18n/t.ts'

/** Has the checks look at it anew. */
export function ScanAgain({ id }: { id: string }): ReactNode {
  const scan = useChange<null, unknown>((api) =>
    api.call('POST', `/api/submissions/${encodeURIComponent(id)}/rescan`),
  )
  return (
    <FormDialog
      label={t('Check again')}
      title={t('Check it again?')}
      submit={t('Check again')}
      onSubmit={() => scan.mutateAsync(null)}
    >
      <p className="text-ink-2">
        {t('It goes through every check anew, with today’s rules and without what was set aside since.')}
      </p>
    </FormDialog>
  )
}
