import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, Tooltip, TooltipTrigger } from 'react-aria-components'
import { t } from '../../shared/i18n/t.ts'
import { Mark } from './mark.tsx'

/** The column of nouns beside the page. In a narrow window it folds to icons. `note`: under the name. */
export function SideNav({
  name = 'Skillet',
  logo = null,
  note,
  children,
}: {
  name?: string | undefined
  logo?: string | null
  note?: string
  children: ReactNode
}): ReactNode {
  return (
    <nav
      aria-label={t('Main')}
      className="flex w-16 shrink-0 flex-col border-e border-line bg-panel px-3 py-5 wide:w-56"
    >
      <div className="mb-4 flex items-center gap-2.5 px-1.5 text-lg font-bold tracking-[-0.01em]">
        {logo === null ? <Mark /> : <img src={logo} alt="" className="size-7 shrink-0 object-contain" />}
        <span className="sr-only min-w-0 break-words wide:not-sr-only">
          {name}
          {note === undefined ? null : (
            <span className="block text-sm font-normal tracking-normal text-ink-3">{note}</span>
          )}
        </span>
      </div>
      {children}
    </nav>
  )
}

/** One noun. `badge`: what waits under it, in words; folded, it is a dot. */
export function SideLink({
  href,
  label,
  icon: Icon,
  isCurrent,
  badge = null,
  isDense = false,
  isFolded,
}: {
  href: string
  label: string
  icon: LucideIcon
  isCurrent: boolean
  badge?: string | null
  /** Where there are many of them. */
  isDense?: boolean
  isFolded: boolean
}): ReactNode {
  return (
    <SideHint text={badge === null ? label : `${label}: ${badge}`} isDisabled={!isFolded}>
      <Link
        href={href}
        aria-current={isCurrent ? 'page' : false}
        className={`relative flex ${isDense ? 'min-h-7.5' : 'min-h-10'} items-center gap-3 rounded-sm px-2.5 transition-colors duration-150 ${isCurrent ? 'bg-brand-soft font-semibold text-ink' : 'text-ink-2 data-hovered:bg-sunk data-hovered:text-ink'}`}
      >
        <Icon
          size={18}
          strokeWidth={1.75}
          aria-hidden
          className={`shrink-0 ${isCurrent ? 'text-brand' : ''}`}
        />
        <span className="sr-only wide:not-sr-only wide:flex-1">{label}</span>
        {badge === null ? null : (
          <span className="absolute top-1.5 end-1.5 size-2 overflow-hidden rounded-full bg-brand indent-[-999px] wide:static wide:size-auto wide:shrink-0 wide:px-1.5 wide:text-sm wide:whitespace-nowrap wide:font-semibold wide:text-brand-ink wide:indent-0">
            {badge}
          </span>
        )}
      </Link>
    </SideHint>
  )
}

/** Says what an icon stands for, beside it. */
export function SideHint({
  text,
  isDisabled,
  children,
}: {
  text: string
  isDisabled: boolean
  children: ReactNode
}): ReactNode {
  return (
    <TooltipTrigger isDisabled={isDisabled} delay={400}>
      {children}
      <Tooltip
        placement="end"
        offset={8}
        className="z-30 max-w-64 rounded-sm bg-ink px-2.5 py-1 text-sm text-ground"
      >
        {text}
      </Tooltip>
    </TooltipTrigger>
  )
}
