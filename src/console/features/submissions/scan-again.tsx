import type { ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { FormDialog } from '../../ui/dialog.tsx'

/** Has the checks look at it anew. */
export function ScanAgain({ id }: { id: string }): ReactNode {
  const scan = useChange<null, unknown>((api) =>
    api.call('POST', `/api/submissions/${encodeURIComponent(id)}/rescan`),
  )
  return (
    <FormDialog
      label="Check again"
      title="Check it again?"
      submit="Check again"
      onSubmit={() => scan.mutateAsync(null)}
    >
      <p className="text-ink-2">
        It goes through every check anew, with today’s rules and without what was set aside since.
      </p>
    </FormDialog>
  )
}
