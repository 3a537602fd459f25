import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { LinkButton } from '../../renderer/ui/button.tsx'
import { t } from '../../shared/i18n/t.ts'

/** A page with its heading, which takes the focus when the page opens. `back`: where it was come from. */
export function Page({
  title,
  subtitle,
  actions,
  back,
  wide = false,
  children,
}: {
  title: string
  subtitle?: ReactNode
  actions?: ReactNode
  back?: { href: string; label: string }
  /** For what stands side by side. */
  wide?: boolean
  children: ReactNode
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  const whole = `${title} · ${t('Skillet console')}`
  useEffect(() => {
    document.title = whole
    const focused = document.activeElement
    if (focused === null || focused === document.body) heading.current?.focus({ preventScroll: true })
  }, [whole])
  return (
    <div className={`mx-auto flex w-full flex-col px-8 pt-7 pb-10 ${wide ? 'max-w-400' : 'max-w-280'}`}>
      {back === undefined ? null : (
        <div className="mb-3 -ms-3">
          <LinkButton look="quiet" size="small" href={back.href}>
            <ArrowLeft size={18} strokeWidth={1.75} aria-hidden className="rtl:-scale-x-100" /> {back.label}
          </LinkButton>
        </div>
      )}
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1">
          <h1
            ref={heading}
            tabIndex={-1}
            className="text-2xl font-bold tracking-[-0.01em] break-words text-balance outline-none"
          >
            <bdi>{title}</bdi>
          </h1>
          {subtitle === undefined ? null : <div className="mt-0.5 text-ink-2">{subtitle}</div>}
        </div>
        {actions === undefined ? null : (
          <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div>
        )}
      </header>
      <div className="flex flex-col gap-5">{children}</div>
    </div>
  )
}
