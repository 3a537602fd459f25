import { X } from 'lucide-react'
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'

export interface Notice {
  text: string
  /** One thing that the person may do about it while the notice is there. */
  action?: { label: string; run: () => void }
  /** Until the person closes it: for what must not be missed. */
  stays?: true
}

/** How long a notice stays. The clock stands still while it is hovered or focused. */
export const noticeMs = 10_000

const ToastContext = createContext<ToastQueue<Notice> | null>(null)

/** Shows a notice at the foot of the window, for ten seconds unless it stays. */
export function useNotice(): (notice: Notice) => void {
  const queue = useContext(ToastContext)
  if (queue === null) throw new Error('NoticeProvider is missing above this component')
  return useCallback(
    (notice: Notice) => {
      queue.add(notice, notice.stays === true ? {} : { timeout: noticeMs })
    },
    [queue],
  )
}

export function NoticeProvider({ children }: { children: ReactNode }): ReactNode {
  const [queue] = useState(() => new ToastQueue<Notice>({ maxVisibleToasts: 3 }))
  return (
    <ToastContext value={queue}>
      {children}
      {/* A dialog's buttons stand at its end: while one is open, notices are above. */}
      <ToastRegion
        queue={queue}
        aria-label={t('Notices')}
        className="fixed end-6 bottom-6 z-30 [html:has([role=dialog])_&]:top-3 [html:has([role=dialog])_&]:bottom-auto flex flex-col items-end gap-2 rounded-lg"
      >
        {({ toast }) => (
          <Toast
            toast={toast}
            className="flex max-w-md animate-[rise_160ms_ease-out] items-center gap-2 rounded-lg border border-line bg-raised py-2 pe-2 ps-4 shadow-lifted"
          >
            <ToastContent className="min-w-0 flex-1 pe-2">
              <Text slot="title">{toast.content.text}</Text>
            </ToastContent>
            {toast.content.action === undefined ? null : (
              <Button
                size="small"
                onPress={() => {
                  toast.content.action?.run()
                  queue.close(toast.key)
                }}
              >
                {toast.content.action.label}
              </Button>
            )}
            <Button slot="close" look="quiet" size="icon" aria-label={t('Close notice')}>
              <X size={18} strokeWidth={1.75} aria-hidden />
            </Button>
          </Toast>
        )}
      </ToastRegion>
    </ToastContext>
  )
}
