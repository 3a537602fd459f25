import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { t } from '../../shared/i18n/t.ts'
import { goBack } from '../route.ts'
import { Button } from './button.tsx'
import { Skeleton } from './skeleton.tsx'

/**
 * A page with its heading. The heading takes the focus when the page opens, unless something has it already.
 * `title` null: still loading. `backTo`: shows Back, with that address for a window without history.
 */
export function Page({
  title,
  subtitle,
  lead,
  actions,
  backTo,
  children,
}: {
  title: string | null
  subtitle?: ReactNode
  lead?: ReactNode
  actions?: ReactNode
  backTo?: string
  children: ReactNode
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (title === null) return
    document.title = `${title} · Skillet`
    const focused = document.activeElement
    if (focused === null || focused === document.body) heading.current?.focus({ preventScroll: true })
  }, [title])
  return (
    <div className="mx-auto flex w-full max-w-280 flex-col px-8 pt-7 pb-10">
      {backTo === undefined ? null : (
        <div className="mb-3 -ms-3">
          <Button look="quiet" size="small" onPress={() => goBack(backTo)}>
            <ArrowLeft size={18} strokeWidth={1.75} aria-hidden className="rtl:-scale-x-100" /> {t('Back')}
          </Button>
        </div>
      )}
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-1 items-center gap-4">
          {lead}
          <div className="min-w-0">
            <h1
              ref={heading}
              tabIndex={-1}
              className="text-2xl font-bold tracking-[-0.01em] text-balance outline-none"
            >
              {title ?? <Skeleton className="h-7 w-56" />}
            </h1>
            {subtitle === undefined ? null : <div className="mt-0.5 text-ink-2">{subtitle}</div>}
          </div>
        </div>
        {actions === undefined ? null : <div className="flex shrink-0 items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A titled part of a page. */
export function Section({
  title,
  aside,
  children,
  className = '',
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}): ReactNode {
  return (
    <section aria-label={title} className={`rounded-lg border border-line bg-raised p-5 ${className}`}>
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
