import type { ReactNode } from 'react'
import { FormDialog } from './dialog.tsx'

/** Asks before something that can't be taken back. */
export function Confirm({
  label,
  title,
  submit,
  onConfirm,
  children,
}: {
  label: string
  title: string
  submit: string
  onConfirm: () => Promise<unknown>
  children: ReactNode
}): ReactNode {
  return (
    <FormDialog label={label} title={title} submit={submit} look="quiet" onSubmit={onConfirm}>
      <p className="text-ink-2">{children}</p>
    </FormDialog>
  )
}
