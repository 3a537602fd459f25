import { useLayoutEffect, useSyncExternalStore, type ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { ErrorNote } from './error-note.tsx'

let openDialogs = 0
const listeners = new Set<() => void>()

function countDialogs(change: 1 | -1): void {
  openDialogs += change
  for (const listener of listeners) listener()
}

/** Whether a decision is on the screen. What comes of itself waits until it is made: two are never stacked. */
export function isDialogOpen(): boolean {
  return openDialogs > 0
}

export function useIsDialogOpen(): boolean {
  return useSyncExternalStore((onChange) => {
    listeners.add(onChange)
    return () => listeners.delete(onChange)
  }, isDialogOpen)
}

/** A decision on top of the page. `onClose` is called for Escape as well; a click outside never decides anything. */
export function DecisionDialog({
  isOpen,
  onClose,
  title,
  subtitle,
  width = 'normal',
  role = 'dialog',
  error = null,
  children,
  footer,
}: {
  isOpen: boolean
  onClose: () => void
  title: string
  subtitle?: ReactNode
  width?: 'normal' | 'narrow'
  role?: 'dialog' | 'alertdialog'
  /** Why what was decided could not be done; shown below everything else. */
  error?: unknown
  children: ReactNode
  footer: ReactNode
}): ReactNode {
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    countDialogs(1)
    return () => countDialogs(-1)
  }, [isOpen])
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      className="fixed inset-0 z-20 grid place-items-center overflow-hidden bg-veil p-6 data-entering:animate-[appear_150ms_ease-out]"
    >
      <Modal
        className={`flex max-h-full w-full flex-col ${width === 'narrow' ? 'max-w-110' : 'max-w-150'} overflow-hidden rounded-xl border border-line bg-raised shadow-lifted data-entering:animate-[rise_180ms_ease-out]`}
      >
        <AriaDialog role={role} className="flex min-h-0 flex-1 flex-col outline-none">
          <div className="px-7 pt-6">
            <Heading slot="title" className="text-xl font-bold tracking-[-0.01em]">
              {title}
            </Heading>
            {subtitle === undefined ? null : <div className="mt-0.5 text-ink-2">{subtitle}</div>}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-7 py-4">
            {children}
            {error === null ? null : (
              <div className="mt-4">
                <ErrorNote linked={false} error={error} />
              </div>
            )}
          </div>
          <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-7 py-4">
            {footer}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
