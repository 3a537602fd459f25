import type { ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { SayDialog } from '../submissions/say-dialog.tsx'
import type { Found, Suppression } from '../submissions/submission.ts'

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
        label="Have it count again"
        title="Have this finding count again?"
        submit="Count it again"
        onConfirm={() => lift.mutateAsync(suppression.id)}
      >
        From the next check on.
      </Confirm>
    )
  return (
    <SayDialog
      look="quiet"
      label="Set aside"
      title="Set this finding aside"
      submit="Set aside"
      question="Why does it not matter here?"
      description="Everybody sees it. It counts no more from the next check on."
      onSay={(reason) => suppress.mutateAsync(reason)}
    />
  )
}
