import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { Button } from './button.tsx'

const looks = {
  bad: { icon: CircleAlert, ground: 'bg-bad-soft', ink: 'text-bad' },
  plain: { icon: Info, ground: 'bg-sunk', ink: 'text-ink' },
  warn: { icon: TriangleAlert, ground: 'bg-warn-soft', ink: 'text-warn' },
}

/** A strip above every page. `about` completes "Close the notice about …". */
export function PageNotice({
  tone,
  headline,
  about,
  leads,
  onClose,
  children,
}: {
  tone: keyof typeof looks
  headline: string
  about: string
  leads: ReactNode
  onClose: () => void
  children?: ReactNode
}): ReactNode {
  const { icon: Icon, ground, ink } = looks[tone]
  return (
    <div
      role={tone === 'plain' ? 'status' : 'alert'}
      className={`flex ${children === undefined ? 'items-center' : 'items-start'} gap-3 border-b border-line ${ground} px-8 py-3.5`}
    >
      <Icon
        aria-hidden
        size={18}
        strokeWidth={1.75}
        className={`${children === undefined ? '' : 'mt-px '}shrink-0 ${ink}`}
      />
      <div className="min-w-0 flex-1 select-text">
        <p className={`font-semibold ${ink}`}>{headline}</p>
        {children === undefined ? null : (
          <p className="mt-0.5 max-h-20 overflow-y-auto break-words">{children}</p>
        )}
      </div>
      <div className="flex shrink-0 items-center gap-1">
        {leads}
        <Button
          look="quiet"
          size="icon"
          aria-label={t('Close the notice about {{about}}', { about })}
          onPress={onClose}
        >
          <X size={18} strokeWidth={1.75} aria-hidden />
        </Button>
      </div>
    </div>
  )
}
