import type { ReactNode } from 'react'
import { Button } from '../../renderer/ui/button.tsx'
import { CopyButton } from '../../renderer/ui/copy-button.tsx'
import { Dialog } from './dialog.tsx'
import { t } from '../../shared/i18n/t.ts'

/** Shows what the registry says only this once, until the person closes it. */
export function KeyOnce({
  title,
  value,
  onClose,
  children,
}: {
  title: string
  /** Null: nothing to show. */
  value: string | null
  onClose: () => void
  children: ReactNode
}): ReactNode {
  return (
    <Dialog isOpen={value !== null} onClose={onClose} title={title}>
      <p className="text-ink-2">{children}</p>
      <div className="mt-4 flex items-center gap-2 rounded-md border border-edge bg-sunk p-2 ps-3">
        <code className="min-w-0 flex-1 font-mono text-[13px] break-all select-text">{value}</code>
        <CopyButton text={value ?? ''} label={t('Copy it')} />
      </div>
      <div className="mt-6 flex justify-end">
        <Button look="primary" onPress={onClose}>
          {t('I have kept it')}
        </Button>
      </div>
    </Dialog>
  )
}
