import { useState, type FormEvent, type ReactNode } from 'react'
import { Dialog as AriaDialog, Form, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from '../../renderer/ui/button.tsx'
import { ErrorNote } from './error-note.tsx'
import { t } from '../../shared/i18n/t.ts'

/** A decision on top of the page. A click outside never decides anything; Escape closes. */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
}: {
  isOpen: boolean
  onClose: () => void
  title: string
  children: ReactNode
}): ReactNode {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      className="fixed inset-0 z-20 grid place-items-center overflow-hidden bg-veil p-6 data-entering:animate-[appear_150ms_ease-out]"
    >
      <Modal className="flex max-h-full w-full max-w-130 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-lifted data-entering:animate-[rise_180ms_ease-out]">
        <AriaDialog className="flex min-h-0 flex-1 flex-col overflow-y-auto px-7 py-6 outline-none">
          <Heading slot="title" className="mb-4 text-xl font-bold tracking-[-0.01em]">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

/** A button that opens a form in a dialog; the dialog closes once `onSubmit` went well. `children` draw the fields. */
export function FormDialog({
  label,
  title,
  submit,
  look = 'plain',
  isReady = true,
  onOpen,
  onSubmit,
  children,
}: {
  label: ReactNode
  title: string
  submit: string
  look?: 'primary' | 'plain' | 'quiet'
  /** Whether the fields hold what it takes. */
  isReady?: boolean
  onOpen?: () => void
  onSubmit: () => Promise<unknown>
  children: ReactNode
}): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (!isReady || pending) return
    setPending(true)
    setError(null)
    try {
      await onSubmit()
      setOpen(false)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setPending(false)
    }
  }
  return (
    <>
      <Button
        look={look}
        onPress={() => {
          setError(null)
          onOpen?.()
          setOpen(true)
        }}
      >
        {label}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={title}>
        <Form onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
          {children}
          {error === null ? null : <ErrorNote error={error} />}
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <Button look="quiet" onPress={() => setOpen(false)}>
              {t('Cancel')}
            </Button>
            <Button look="primary" type="submit" isDisabled={!isReady} isPending={pending}>
              {submit}
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}
