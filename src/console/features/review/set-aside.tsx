import type { ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { SayDialog } from '../submissions/say-dialog.tsx'
import type { Found, Suppression } from '../submissions/submission.ts'
import { t } from '../../../shared/i18n/t.ts'

/** Sets a finding aside, or has it count again. */
export function SetAside({
  id,
  finding,
  suppression,
}: {
  id: string
  finding: Found
  suppression: Suppression | undefined
}): ReactNode {
  const suppress = useChange<string, unknown>((api, reason) =>
    api.call('POST', `/api/submissions/${encodeURIComponent(id)}/suppressions`, {
      fingerprint: finding.fingerprint,
      reason,
    }),
  )
  const lift = useChange<string, unknown>((api, one) => api.call('DELETE', `/api/suppressions/${one}`))
  if (suppression !== undefined)
    return (
      <Confirm
        label={t('Have it count again')}
        title={t('Have this finding count again?')}
        submit={t('Count it again')}
        onConfirm={() => lift.mutateAsync(suppression.id)}
      >
        {t('From the next check on.')}
      </Confirm>
    )
  return (
    <SayDialog
      look="quiet"
      label={t('Set aside')}
      title={t('Set this finding aside')}
      submit={t('Set aside')}
      question={t('Why does it not matter here?')}
      description={t('Everybody sees it. It counts no more from the next check on.')}
      onSay={(reason) => suppress.mutateAsync(reason)}
    />
  )
}
